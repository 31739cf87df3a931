import GRDB
import Synchronization

/// Reads events in chunks of bounded size.
final class EventReader: Sendable {
    /// The most bytes of texts in one chunk, unless one event alone has more.
    private static let chunkBytes = 4 << 20

    private let schema: EventSchema
    private let names = Mutex(KnownNames())

    /// Names behind numbers.
    ///
    /// Numbers are given once and never change.
    private struct KnownNames {
        var streams: [Int: StreamID] = [:]
        var types: [Int: EventType] = [:]
    }

    init(schema: EventSchema) { self.schema = schema }

    private static let columns = "SELECT position, stream, version, type, time, correlation, causation, payload "

    /// Events of the whole store.
    func chunk(after position: Int, limit: Int, matching filter: EventFilter, in db: Database) throws -> EventChunk {
        let statement = try PreparedStatement.cached(
            Self.columns + "FROM events WHERE position > ? ORDER BY position LIMIT ?", in: db)
        statement.bind(position, at: 1)
        statement.bind(limit, at: 2)
        return try collect(statement, from: position, limit: limit, matching: filter, in: db)
    }

    /// Events of one stream.
    func chunk(of stream: StreamID, after version: Int, upTo last: Int, limit: Int, in db: Database) throws
        -> EventChunk
    {
        let statement = try PreparedStatement.cached(
            Self.columns
                + """
                FROM events WHERE stream = (SELECT id FROM streams WHERE name = ?) AND version > ? AND version <= ?
                ORDER BY version LIMIT ?
                """, in: db)
        statement.bind(stream.name, at: 1)
        statement.bind(version, at: 2)
        statement.bind(last, at: 3)
        statement.bind(limit, at: 4)
        return try collect(statement, from: 0, limit: limit, matching: .everything, in: db)
    }

    private func collect(
        _ statement: PreparedStatement, from position: Int, limit: Int, matching filter: EventFilter, in db: Database
    ) throws -> EventChunk {
        defer { statement.reset() }
        var builder = EventChunkBuilder()
        builder.records.reserveCapacity(min(limit, 4096))
        var streams = Interned(names: builder.streams)
        var types = Interned(names: builder.types)
        var scannedTo = position
        var rows = 0
        while builder.bytes.count < Self.chunkBytes {
            guard try statement.step() else {
                builder.streams = streams.names
                builder.types = types.names
                return EventChunk(builder, schema: schema, scannedTo: scannedTo, reachedEnd: rows < limit)
            }
            rows += 1
            scannedTo = statement.integer(0)
            let type = try types.index(of: statement.integer(3)) { id in
                let type = try self.type(id, in: db)
                return (type, filter.wants(type))
            }
            guard types.isWanted[type] else { continue }
            let stream = try streams.index(of: statement.integer(1)) { id in
                let stream = try self.stream(id, in: db)
                return (stream, filter.wants(stream))
            }
            guard streams.isWanted[stream] else { continue }
            append(statement, stream: stream, type: type, to: &builder)
        }
        builder.streams = streams.names
        builder.types = types.names
        return EventChunk(builder, schema: schema, scannedTo: scannedTo, reachedEnd: false)
    }

    @inline(__always)
    private func append(_ row: PreparedStatement, stream: Int, type: Int, to builder: inout EventChunkBuilder) {
        var record = EventChunk.Record(
            position: row.integer(0), version: row.integer(2), time: row.integer(4), stream: Int32(stream),
            type: Int32(type), start: Int32(builder.bytes.count), correlationBytes: EventChunk.Record.noText,
            causationBytes: EventChunk.Record.noText, payloadBytes: 0)
        if !row.isNull(5) { record.correlationBytes = row.append(5, to: &builder.bytes) }
        if !row.isNull(6) { record.causationBytes = row.append(6, to: &builder.bytes) }
        record.payloadBytes = row.append(7, to: &builder.bytes)
        builder.records.append(record)
    }

    private func stream(_ id: Int, in db: Database) throws -> StreamID {
        if let known = names.withLock({ $0.streams[id] }) { return known }
        let name = try String.fetchOne(db, sql: "SELECT name FROM streams WHERE id = ?", arguments: [id])
        let stream = StreamID(name ?? "")
        names.withLock { known in
            if known.streams.count >= 50_000 { known.streams.removeAll(keepingCapacity: true) }
            known.streams[id] = stream
        }
        return stream
    }

    private func type(_ id: Int, in db: Database) throws -> EventType {
        if let known = names.withLock({ $0.types[id] }) { return known }
        let row = try Row.fetchOne(db, sql: "SELECT name, version FROM types WHERE id = ?", arguments: [id])
        let type = EventType(row?["name"] ?? "", version: row?["version"] ?? 1)
        names.withLock { known in
            if known.types.count >= 50_000 { known.types.removeAll(keepingCapacity: true) }
            known.types[id] = type
        }
        return type
    }
}

/// Names of one chunk, each once, by the order in which they came.
private struct Interned<Name> {
    private(set) var names: [Name]
    private(set) var isWanted: [Bool] = []
    private var indices: [Int: Int] = [:]
    private var latest = (id: Int.min, index: 0)

    init(names: [Name]) { self.names = names }

    @inline(__always)
    mutating func index(of id: Int, _ name: (Int) throws -> (Name, Bool)) throws -> Int {
        if latest.id == id { return latest.index }
        if let index = indices[id] {
            latest = (id, index)
            return index
        }
        let (name, wanted) = try name(id)
        names.append(name)
        isWanted.append(wanted)
        indices[id] = names.count - 1
        latest = (id, names.count - 1)
        return names.count - 1
    }
}
