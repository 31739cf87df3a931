import GRDB

extension EventStore {
    /// Deletes a stream: its events, its snapshots and the keys of its commands.
    ///
    /// What stays is a mark that the stream was there. It has a position of its own, so that readers of the whole store
    /// can hear of it (see ``EventFilter/includesTombstones``), and it keeps the name from being used again. Positions
    /// are never given twice. The space is used again for new events; ``compact()`` makes the file smaller.
    ///
    /// - Parameters:
    ///   - stream: The stream.
    ///   - expected: What the caller knows about it.
    /// - Returns: Whether it was there; false if it has no events or was deleted already.
    /// - Throws: ``VersionConflict``, ``EventStoreError``.
    @discardableResult
    public func delete(_ stream: StreamID, expecting expected: ExpectedVersion = .any) async throws -> Bool {
        try stream.validate()
        let time = options.now().microseconds
        let position = try await connection.write { db, appends in
            try appends.delete(stream, expecting: expected, time: time, in: db)
        }
        guard let position else { return false }
        head.advance(to: position)
        return true
    }

    /// Makes the file as small as it can be.
    ///
    /// Writes the whole file anew: it takes as long as a copy, needs as much space for a moment, and others wait.
    ///
    /// - Throws: ``EventStoreError``, in particular if others read or write for longer than the busy timeout.
    public func compact() async throws {
        try await connection.compact()
    }
}

extension AppendWriter {
    /// Throws if the stream was deleted.
    func checkExists(_ id: Int, _ stream: StreamID) throws {
        guard try version(of: id) & StoreFormat.deletedBit == 0 else { throw StreamID.deleted(stream) }
    }

    /// Puts a mark behind a stream's last event and removes everything before it.
    ///
    /// - Returns: The mark's position; nil if there is nothing to delete.
    func delete(_ stream: StreamID, expecting expected: ExpectedVersion, time: Int, in db: Database) throws -> Int? {
        let id = try withNames { try $0.stream(stream) }
        let version = try id.map(version(of:)) ?? 0
        guard version & StoreFormat.deletedBit == 0 else { return nil }
        guard expected.allows(version) else {
            throw VersionConflict(stream: stream, expected: expected, actual: version)
        }
        guard let id, version > 0 else { return nil }
        let mark = AppendRequest(
            stream: stream, expected: .any, events: [], metadata: EventMetadata(), command: nil, time: time)
        let position = try insert(
            EncodedEvent(type: StoreFormat.tombstone, payload: Array("{}".utf8)), stream: id,
            version: (version + 1) | StoreFormat.deletedBit, of: mark)
        try db.execute(sql: "DELETE FROM events WHERE stream = ? AND position < ?", arguments: [id, position])
        try db.execute(sql: "DELETE FROM commands WHERE stream = ?", arguments: [id])
        try db.execute(sql: "DELETE FROM snapshots WHERE stream = ?", arguments: [id])
        return position
    }
}
