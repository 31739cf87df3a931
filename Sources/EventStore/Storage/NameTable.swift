import GRDB

/// The numbers that stand for the names of streams and types, as far as they are known.
///
/// Numbers are given once and never change, so what is known stays true, whoever else writes; except for what was added
/// in a transaction that was rolled back.
struct NameTable {
    private static let limit = 50_000

    private let findStream: PreparedStatement
    private let insertStream: PreparedStatement
    private let nameStream: PreparedStatement
    private let findType: PreparedStatement
    private let insertType: PreparedStatement
    private var streams: [StreamID: Int] = [:]
    private var types: [EventType: Int] = [:]

    init(_ db: Database) throws {
        findStream = try PreparedStatement("SELECT id FROM streams WHERE name = ?", in: db)
        insertStream = try PreparedStatement("INSERT INTO streams (name) VALUES (?)", in: db)
        nameStream = try PreparedStatement("SELECT name FROM streams WHERE id = ?", in: db)
        findType = try PreparedStatement("SELECT id FROM types WHERE name = ? AND version = ?", in: db)
        insertType = try PreparedStatement("INSERT INTO types (name, version) VALUES (?, ?)", in: db)
    }

    /// Forgets everything, after a transaction was rolled back.
    mutating func forget() {
        streams.removeAll(keepingCapacity: true)
        types.removeAll(keepingCapacity: true)
    }

    /// The number of a stream; nil if it has none.
    mutating func stream(_ stream: StreamID) throws -> Int? {
        if let id = streams[stream] { return id }
        findStream.bind(stream.name, at: 1)
        defer { findStream.reset() }
        guard try findStream.step() else { return nil }
        return remember(stream, findStream.integer(0))
    }

    /// Gives a stream a number.
    mutating func addStream(_ stream: StreamID) throws -> Int {
        insertStream.bind(stream.name, at: 1)
        try insertStream.run()
        return remember(stream, insertStream.insertedRow)
    }

    private mutating func remember(_ stream: StreamID, _ id: Int) -> Int {
        if streams.count >= Self.limit { streams.removeAll(keepingCapacity: true) }
        streams[stream] = id
        return id
    }

    /// The name behind a number.
    func name(ofStream id: Int) throws -> StreamID {
        nameStream.bind(id, at: 1)
        defer { nameStream.reset() }
        return try nameStream.step() ? StreamID(nameStream.text(0)) : StreamID("")
    }

    /// The number of a type, which gets one if it has none.
    mutating func type(_ type: EventType) throws -> Int {
        if let id = types[type] { return id }
        let id = try find(type) ?? add(type)
        if types.count >= Self.limit { types.removeAll(keepingCapacity: true) }
        types[type] = id
        return id
    }

    private func find(_ type: EventType) throws -> Int? {
        findType.bind(type.name, at: 1)
        findType.bind(type.version, at: 2)
        defer { findType.reset() }
        return try findType.step() ? findType.integer(0) : nil
    }

    private func add(_ type: EventType) throws -> Int {
        insertType.bind(type.name, at: 1)
        insertType.bind(type.version, at: 2)
        try insertType.run()
        return insertType.insertedRow
    }
}
