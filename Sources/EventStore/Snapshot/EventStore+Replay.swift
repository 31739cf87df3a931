import Foundation
import GRDB

extension EventStore {
    /// Adds up the events of a stream.
    ///
    /// - Parameters:
    ///   - stream: The stream.
    ///   - last: The version at which to stop; nil for all events.
    ///   - state: The kind of state. One that is a ``SnapshotState`` starts from a snapshot if there is a fitting one.
    /// - Returns: The state and its version.
    /// - Throws: ``EventStoreError``, and what the state throws.
    public func replay<State: StreamState>(
        _ stream: StreamID, upTo last: Int? = nil, as state: State.Type = State.self
    ) throws -> ReplayedState<State> {
        var (state, version) = try startingPoint(stream, upTo: last, State.self)
        var count = 0
        while version < last ?? Int.max {
            let events = try events(in: stream, after: version, upTo: last, limit: 4096)
            guard let newest = events.last else { break }
            for event in events { try state.apply(event) }
            version = newest.version
            count += events.count
        }
        return ReplayedState(stream: stream, state: state, version: version, eventsRead: count)
    }

    /// Keeps a state, in place of an older one of the same name.
    ///
    /// - Throws: ``EventStoreError``; also if the stream was deleted.
    public func saveSnapshot<State: SnapshotState>(_ replayed: ReplayedState<State>) async throws {
        let payload: String
        do {
            payload = String(decoding: try JSONEncoder().encode(replayed.state), as: UTF8.self)
        } catch {
            throw EventStoreError(
                .encodingFailed, "Snapshot '\(State.snapshotName)' cannot be written as JSON.", cause: error)
        }
        try await connection.write { db, appends in
            guard let stream = try appends.withNames({ try $0.stream(replayed.stream) }), replayed.version > 0 else {
                throw EventStoreError(.invalidArgument, "Stream '\(replayed.stream)' has no events to keep a state of.")
            }
            try appends.checkExists(stream, replayed.stream)
            try db.execute(
                sql: "REPLACE INTO snapshots (stream, name, form, version, payload) VALUES (?, ?, ?, ?, ?)",
                arguments: [stream, State.snapshotName, State.snapshotVersion, replayed.version, payload])
        }
    }

    private func startingPoint<State: StreamState>(_ stream: StreamID, upTo last: Int?, _ type: State.Type) throws
        -> (State, Int)
    {
        guard let form = State.self as? any SnapshotState.Type,
            let (kept, version) = try snapshot(of: stream, upTo: last, form), let state = kept as? State
        else { return (State(), 0) }
        return (state, version)
    }

    private func snapshot<State: SnapshotState>(of stream: StreamID, upTo last: Int?, _ type: State.Type) throws
        -> (any SnapshotState, Int)?
    {
        let row = try connection.read { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT version, payload FROM snapshots WHERE stream = (SELECT id FROM streams WHERE name = ?)
                    AND name = ? AND form = ? AND version <= ?
                    """,
                arguments: [stream.name, State.snapshotName, State.snapshotVersion, last ?? Int.max])
        }
        guard let row, let payload = row["payload"] as String?,
            let state = try? JSONDecoder().decode(State.self, from: Data(payload.utf8))
        else { return nil }
        return (state, row["version"])
    }
}
