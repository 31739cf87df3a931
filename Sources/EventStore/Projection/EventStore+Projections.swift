public import GRDB

extension EventStore {
    /// How many events change a projection in one transaction.
    static let projectionBatch = 8192

    /// Brings a projection up to date.
    ///
    /// Builds it if there is none of its version yet; what was begun is continued. Several processes may do this at the
    /// same time.
    ///
    /// - Parameters:
    ///   - projection: The projection.
    ///   - progress: Called after each batch, with the position that was reached.
    /// - Returns: The position up to which it is made.
    /// - Throws: ``EventStoreError``; what the projection throws; `CancellationError` between batches.
    @discardableResult
    public func catchUp(_ projection: some Projection, progress: ((Int) -> Void)? = nil) async throws -> Int {
        let found = try connection.read { db in try ProjectionRecord.find(projection, in: db) }
        if let found, found.isActive, try found.position >= lastPosition() { return found.position }
        var record: ProjectionRecord
        if let found {
            record = found
        } else {
            record = try await connection.write { db, _ in
                try ProjectionRecord.find(projection, in: db) ?? ProjectionRecord.start(projection, in: db)
            }
        }
        return try await run(projection, &record, progress)
    }

    /// Builds a projection anew beside the present one, which is read until then, and puts it in its place.
    ///
    /// - Parameters:
    ///   - projection: The projection.
    ///   - progress: Called after each batch, with the position that was reached.
    /// - Returns: The position up to which it is made.
    /// - Throws: As ``catchUp(_:progress:)``. The present one stays if it throws.
    @discardableResult
    public func rebuild(_ projection: some Projection, progress: ((Int) -> Void)? = nil) async throws -> Int {
        var record = try await connection.write { db, _ in
            if let begun = try ProjectionRecord.findBuilding(projection, in: db) {
                try begun.tables.drop(in: db)
                try db.execute(sql: "DELETE FROM projections WHERE id = ?", arguments: [begun.id])
            }
            return try ProjectionRecord.start(projection, in: db)
        }
        return try await run(projection, &record, progress)
    }

    /// Reads a projection that is up to date.
    ///
    /// - Parameters:
    ///   - projection: The projection.
    ///   - body: Reads its tables, at one point in time.
    /// - Returns: What the body returns.
    /// - Throws: As ``catchUp(_:progress:)``, and what the body throws.
    public func query<T>(_ projection: some Projection, _ body: (Database, ProjectionTables) throws -> T) async throws
        -> T
    {
        while true {
            try await catchUp(projection)
            let result: T? = try connection.read { db in
                guard let record = try ProjectionRecord.find(projection, in: db), record.isActive else { return nil }
                return try body(db, record.tables)
            }
            // Nil only if somebody has removed it between the two.
            if let result { return result }
        }
    }

    /// Changes the tables batch by batch; the next batch is read meanwhile.
    private func run(_ projection: some Projection, _ record: inout ProjectionRecord, _ progress: ((Int) -> Void)?)
        async throws -> Int
    {
        var chunk = try chunk(for: projection, after: record.position)
        while true {
            try Task.checkCancellation()
            let (upcoming, isLast) = (chunk.scannedTo, chunk.reachedEnd)
            async let following = isLast ? nil : read(projection, after: upcoming)
            let step = try await advance(projection, record, by: chunk)
            progress?(step.position)
            if step.isDone { return step.position }
            record.position = step.position
            if let next = try await following, step.position == upcoming {
                chunk = next
            } else {
                chunk = try self.chunk(for: projection, after: step.position)
            }
        }
    }

    private func chunk(for projection: some Projection, after position: Int) throws -> EventChunk {
        try chunk(after: position, limit: Self.projectionBatch, matching: projection.filter)
    }

    @concurrent
    private func read(_ projection: some Projection, after position: Int) async throws -> EventChunk? {
        try chunk(for: projection, after: position)
    }

    private struct Step {
        var position: Int
        var isDone: Bool
    }

    /// Applies a chunk, unless somebody else has gone on from the same place meanwhile.
    private func advance(_ projection: some Projection, _ record: ProjectionRecord, by chunk: EventChunk) async throws
        -> Step
    {
        try await connection.write { db, _ in
            guard let current = try ProjectionRecord.find(id: record.id, in: db) else {
                throw EventStoreError(
                    .busy, "Projection '\(projection.name)' was built anew by somebody else meanwhile. Try again.")
            }
            guard current.position == record.position else { return Step(position: current.position, isDone: false) }
            if !chunk.events.isEmpty { try projection.apply(chunk.events, to: record.tables, in: db) }
            if chunk.scannedTo > record.position { try record.save(position: chunk.scannedTo, in: db) }
            if chunk.reachedEnd, !current.isActive { try record.activate(projection, in: db) }
            return Step(position: chunk.scannedTo, isDone: chunk.reachedEnd)
        }
    }
}
