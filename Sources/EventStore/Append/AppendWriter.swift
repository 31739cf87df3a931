import GRDB

/// Writes appends through statements that are made once.
///
/// Used only inside of access to the connection that writes; see ``StoreConnection``.
final class AppendWriter {
    private let begin: PreparedStatement
    private let commit: PreparedStatement
    private let rollback: PreparedStatement
    private let lastVersion: PreparedStatement
    private let insert: PreparedStatement
    private let findCommand: PreparedStatement
    private let insertCommand: PreparedStatement
    private let findEvents: PreparedStatement
    private var names: NameTable

    init(_ db: Database) throws {
        begin = try PreparedStatement("BEGIN IMMEDIATE", in: db)
        commit = try PreparedStatement("COMMIT", in: db)
        rollback = try PreparedStatement("ROLLBACK", in: db)
        lastVersion = try PreparedStatement("SELECT max(version) FROM events WHERE stream = ?", in: db)
        insert = try PreparedStatement(
            """
            INSERT INTO events (stream, version, type, time, correlation, causation, payload)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """, in: db)
        findCommand = try PreparedStatement("SELECT stream, version, count FROM commands WHERE id = ?", in: db)
        insertCommand = try PreparedStatement(
            "INSERT INTO commands (id, stream, version, count) VALUES (?, ?, ?, ?)", in: db)
        findEvents = try PreparedStatement(
            "SELECT position, type, payload FROM events WHERE stream = ? AND version >= ? ORDER BY version", in: db)
        names = try NameTable(db)
    }

    /// Writes a group of appends in one transaction.
    ///
    /// - Returns: What each of them gives. One that is refused, as for a conflict, leaves the others alone.
    /// - Throws: What stopped the whole transaction; nothing is written then.
    func write(_ group: [AppendRequest]) throws -> [Result<AppendResult, any Error>] {
        try begin.run()
        do {
            let results = try group.map { request -> Result<AppendResult, any Error> in
                do {
                    return .success(try write(request))
                } catch let refusal as Refusal {
                    return .failure(refusal.error)
                }
            }
            try commit.run()
            return results
        } catch {
            // What was named in this transaction is gone with it.
            names.forget()
            try? rollback.run()
            throw error
        }
    }

    /// The name table, for others that write events on this connection.
    func withNames<T>(_ body: (inout NameTable) throws -> T) rethrows -> T { try body(&names) }

    /// Found before anything was written, so that the transaction can go on.
    private struct Refusal: Error {
        let error: any Error
    }

    private func write(_ request: AppendRequest) throws -> AppendResult {
        let known = try names.stream(request.stream)
        let version = try known.map(version(of:)) ?? 0
        guard version & StoreFormat.deletedBit == 0 else {
            throw Refusal(error: StreamID.deleted(request.stream))
        }
        if let command = request.command, let earlier = try result(of: command, again: request) { return earlier }
        guard request.expected.allows(version) else {
            throw Refusal(
                error: VersionConflict(stream: request.stream, expected: request.expected, actual: version))
        }
        let stream = try known ?? names.addStream(request.stream)
        var position = 0
        for (index, event) in request.events.enumerated() {
            position = try insert(event, stream: stream, version: version + index + 1, of: request)
        }
        let versions = version + 1...version + request.events.count
        if let command = request.command {
            insertCommand.bind(command.key, at: 1)
            insertCommand.bind(stream, at: 2)
            insertCommand.bind(versions.lowerBound, at: 3)
            insertCommand.bind(versions.count, at: 4)
            try insertCommand.run()
        }
        return AppendResult(stream: request.stream, versions: versions, position: position, wasRepeated: false)
    }

    func version(of stream: Int) throws -> Int {
        lastVersion.bind(stream, at: 1)
        defer { lastVersion.reset() }
        return try lastVersion.step() ? lastVersion.integer(0) : 0
    }

    func insert(
        _ event: EncodedEvent, stream: Int, version: Int, of request: AppendRequest
    ) throws -> Int {
        insert.bind(stream, at: 1)
        insert.bind(version, at: 2)
        insert.bind(try names.type(event.type), at: 3)
        insert.bind(request.time, at: 4)
        insert.bind(request.metadata.correlation, at: 5)
        insert.bind(request.metadata.causation, at: 6)
        insert.bind(utf8: event.payload, at: 7)
        try insert.run()
        return insert.insertedRow
    }

    /// What a command wrote before; nil if it has written nothing.
    private func result(of command: CommandID, again request: AppendRequest) throws -> AppendResult? {
        findCommand.bind(command.key, at: 1)
        defer { findCommand.reset() }
        guard try findCommand.step() else { return nil }
        let stream = findCommand.integer(0)
        let first = findCommand.integer(1)
        let count = findCommand.integer(2)
        let versions = first...first + count - 1
        let name = try names.name(ofStream: stream)
        guard name == request.stream, count == request.events.count,
            let position = try position(of: request.events, stream: stream, first: first)
        else { throw Refusal(error: CommandConflict(command: command, stream: name, versions: versions)) }
        return AppendResult(stream: name, versions: versions, position: position, wasRepeated: true)
    }

    /// The position of the last event if these are what is stored; nil if they are not.
    private func position(of events: [EncodedEvent], stream: Int, first: Int) throws -> Int? {
        findEvents.bind(stream, at: 1)
        findEvents.bind(first, at: 2)
        defer { findEvents.reset() }
        var position = 0
        for event in events {
            guard try findEvents.step(), findEvents.integer(1) == (try names.type(event.type)),
                findEvents.holds(event.payload, at: 2)
            else { return nil }
            position = findEvents.integer(0)
        }
        return position
    }
}
