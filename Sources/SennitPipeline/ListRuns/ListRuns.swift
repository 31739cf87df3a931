package import EventStore
import Foundation
import GRDB

/// The query: which runs there are, the newest first.
package struct ListRuns: Sendable {
    /// Only runs of this pipeline; nil for all.
    package var pipeline: String?
    /// Only runs that stand so; nil for all.
    package var status: ListedRun.Status?
    /// How many at most.
    package var limit: Int

    /// Makes the query.
    package init(pipeline: String? = nil, status: ListedRun.Status? = nil, limit: Int = 20) {
        self.pipeline = pipeline
        self.status = status
        self.limit = limit
    }

    /// Answers it.
    ///
    /// - Throws: `EventStoreError`.
    package func answer(from store: EventStore) async throws -> [ListedRun] {
        try await store.query(ListedRunsProjection()) { db, tables in
            let rows = try String.fetchAll(
                db,
                sql: """
                    SELECT listed FROM \(tables["runs"])
                    WHERE (?1 IS NULL OR pipeline = ?1) AND (?2 IS NULL OR status = ?2)
                    ORDER BY requested DESC, run DESC LIMIT ?3
                    """,
                arguments: [pipeline, status?.rawValue, limit])
            return try rows.map { try JSONDecoder().decode(ListedRun.self, from: Data($0.utf8)) }
        }
    }
}
