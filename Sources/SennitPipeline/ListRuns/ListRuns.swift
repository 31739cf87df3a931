package import EventStore
import Foundation
import GRDB

/// The query: which runs there are, the newest first.
package struct ListRuns: Sendable {
    /// Only runs of this pipeline; nil for all.
    package var pipeline: String?
    /// Only runs that stand so; nil for all.
    package var status: ListedRun.Status?
    /// Only runs that are about this partition; nil for all.
    package var partition: String?
    /// Only runs with all of these tags.
    package var tags: [String: String]
    /// How many at most.
    package var limit: Int

    /// Makes the query.
    package init(
        pipeline: String? = nil, status: ListedRun.Status? = nil, partition: String? = nil,
        tags: [String: String] = [:],
        limit: Int = 20
    ) {
        self.pipeline = pipeline
        self.status = status
        self.partition = partition
        self.tags = tags
        self.limit = limit
    }

    /// Answers it.
    ///
    /// - Parameters:
    ///   - store: The history.
    ///   - isHeld: Whether a process runs a run at this moment: the history does not know of a process that was killed.
    /// - Returns: The runs.
    /// - Throws: `EventStoreError`.
    package func answer(
        from store: EventStore, isHeld: (RunID) async -> Bool = { _ in true }
    ) async throws -> [ListedRun] {
        var abandoned: Set<RunID> = []
        for run in try await open(in: store) where await !isHeld(run) { abandoned.insert(run) }
        // What was open and held by nobody before, and is so now, does not end between the two looks.
        let runs = try await recorded(in: store, limit: limit + abandoned.count)
        return runs.map { run in
            guard run.status.isOpen, abandoned.contains(run.run) else { return run }
            var run = run
            run.interrupt()
            return run
        }
        .filter { status == nil || $0.status == status }
        .prefix(limit).map(\.self)
    }

    /// The runs of which no end is recorded.
    private func open(in store: EventStore) async throws -> [RunID] {
        try await store.query(ListedRunsProjection()) { db, tables in
            try String.fetchAll(
                db, sql: "SELECT run FROM \(tables["runs"]) WHERE status IN ('waiting', 'running')"
            ).compactMap { RunID($0) }
        }
    }

    /// The newest runs whose recorded status fits.
    private func recorded(in store: EventStore, limit: Int) async throws -> [ListedRun] {
        let isOpen = status == .interrupted
        let wanted = String(decoding: try JSONEncoder().encode(tags), as: UTF8.self)
        return try await store.query(ListedRunsProjection()) { db, tables in
            let rows = try String.fetchAll(
                db,
                sql: """
                    SELECT listed FROM \(tables["runs"])
                    WHERE (?1 IS NULL OR pipeline = ?1)
                    AND (?2 IS NULL OR status = ?2) AND (NOT ?3 OR status IN ('waiting', 'running'))
                    AND (?5 IS NULL OR partition = ?5)
                    AND NOT EXISTS (
                        SELECT 1 FROM json_each(?6) AS wanted WHERE NOT EXISTS (
                            SELECT 1 FROM json_each(listed, '$.tags') AS tag
                            WHERE tag.key = wanted.key AND tag.value = wanted.value))
                    ORDER BY requested DESC, run DESC LIMIT ?4
                    """,
                arguments: [pipeline, isOpen ? nil : status?.rawValue, isOpen, limit, partition, wanted])
            return try rows.map { try JSONDecoder().decode(ListedRun.self, from: Data($0.utf8)) }
        }
    }
}
