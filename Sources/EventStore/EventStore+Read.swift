import GRDB

extension EventStore {
    /// The most events that one call reads.
    public static let readLimit = 100_000

    /// Events of one stream, in order.
    ///
    /// - Parameters:
    ///   - stream: The stream.
    ///   - version: What the reader has seen; zero for the whole stream.
    ///   - last: The last version that is wanted; nil for all.
    ///   - limit: How many at most.
    /// - Returns: The events; none if there is no such stream.
    /// - Throws: ``EventStoreError``; in particular if the stream was deleted.
    public func events(in stream: StreamID, after version: Int = 0, upTo last: Int? = nil, limit: Int = 10_000) throws
        -> [RecordedEvent]
    {
        try stream.validate()
        try check(limit)
        let chunk = try connection.read { db in
            try reader.chunk(of: stream, after: version, upTo: last ?? Int.max, limit: limit, in: db)
        }
        // The mark is the only event that a deleted stream has, and behind every version that was ever asked for.
        guard chunk.events.first?.isTombstone != true else { throw StreamID.deleted(stream) }
        return Array(chunk.events)
    }

    /// Events of the whole store, in the order of their positions.
    ///
    /// - Parameters:
    ///   - position: What the reader has seen; zero for everything.
    ///   - filter: Which events are wanted.
    ///   - limit: How many are looked at, at most; those that do not match count, too.
    /// - Returns: The events.
    /// - Throws: ``EventStoreError``.
    public func events(after position: Int = 0, matching filter: EventFilter = .all, limit: Int = 10_000) throws
        -> [RecordedEvent]
    {
        Array(try chunk(after: position, limit: limit, matching: filter).events)
    }

    /// The version of a stream's last event; zero if there is none, nil if the stream was deleted.
    ///
    /// - Throws: ``EventStoreError``.
    public func version(of stream: StreamID) throws -> Int? {
        let version = try connection.read { db in
            try Int.fetchOne(
                db,
                sql: "SELECT max(version) FROM events WHERE stream = (SELECT id FROM streams WHERE name = ?)",
                arguments: [stream.name])
        }
        guard let version else { return 0 }
        return version & StoreFormat.deletedBit == 0 ? version : nil
    }

    /// Streams whose names begin with a text, in the opposite order of their names.
    ///
    /// - Parameters:
    ///   - prefix: What the names begin with; nothing for all streams.
    ///   - limit: How many at most.
    /// - Returns: The streams, without those that were deleted.
    /// - Throws: ``EventStoreError``.
    public func streams(startingWith prefix: String = "", limit: Int = 1000) throws -> [StreamID] {
        try check(limit)
        let names = try connection.read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT name FROM streams WHERE name >= ?1 AND name < ?1 || char(0x10FFFF)
                    AND (SELECT max(version) FROM events WHERE stream = streams.id) < ?2
                    ORDER BY name DESC LIMIT ?3
                    """,
                arguments: [prefix, StoreFormat.deletedBit, limit])
        }
        return names.map { StreamID($0) }
    }

    /// The position of the newest event; zero if there is none.
    ///
    /// - Throws: ``EventStoreError``.
    public func lastPosition() throws -> Int {
        try connection.read { db in
            let statement = try PreparedStatement.cached("SELECT max(position) FROM events", in: db)
            defer { statement.reset() }
            return try statement.step() ? statement.integer(0) : 0
        }
    }

    package func chunk(after position: Int, limit: Int, matching filter: EventFilter) throws -> EventChunk {
        try check(limit)
        return try connection.read { db in
            try reader.chunk(after: position, limit: limit, matching: filter, in: db)
        }
    }

    private func check(_ limit: Int) throws {
        guard (1...Self.readLimit).contains(limit) else {
            throw EventStoreError(.invalidArgument, "The limit is \(limit); it is from 1 to \(Self.readLimit).")
        }
    }
}
