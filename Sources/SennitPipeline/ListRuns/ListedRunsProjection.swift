package import EventStore
import Foundation
package import GRDB

/// The list of runs as a table: one row a run, gone with the run.
package struct ListedRunsProjection: Projection {
    package let name = "listed_runs"
    package let version = 3
    package let filter = EventFilter(categories: [RunHistory.category], includesTombstones: true)

    package init() {}

    package func createTables(_ tables: ProjectionTables, in db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE \(tables["runs"]) (
                    run TEXT PRIMARY KEY, pipeline TEXT NOT NULL, status TEXT NOT NULL, requested INTEGER NOT NULL,
                    partition TEXT, listed TEXT NOT NULL
                ) WITHOUT ROWID;
                CREATE INDEX \(tables["by_time"]) ON \(tables["runs"]) (requested);
                """)
    }

    package func apply(_ events: EventBatch, to tables: ProjectionTables, in db: Database) throws {
        var changed: [StreamID: ListedRun] = [:]
        for event in events {
            if event.isTombstone {
                changed[event.stream] = nil
                try db.execute(
                    sql: "DELETE FROM \(tables["runs"]) WHERE run = ?", arguments: [String(event.stream.identifier)])
                continue
            }
            // Most events of a run tell how far a step has come, which the list does not show.
            guard event.type.name != StepProgressed.name else { continue }
            let recorded = try RecordedRunEvent(event)
            if case .runRequested(let body) = recorded.event {
                changed[event.stream] = ListedRun(run: recorded.run, requested: recorded.milliseconds, body)
            } else if var listed = try changed[event.stream] ?? load(recorded.run, from: tables, in: db) {
                listed.apply(recorded.event, at: recorded.milliseconds)
                changed[event.stream] = listed
            }
        }
        for listed in changed.values { try save(listed, to: tables, in: db) }
    }

    private func load(_ run: RunID, from tables: ProjectionTables, in db: Database) throws -> ListedRun? {
        let text = try String.fetchOne(
            db, sql: "SELECT listed FROM \(tables["runs"]) WHERE run = ?", arguments: [run.rawValue])
        return try text.map { try JSONDecoder().decode(ListedRun.self, from: Data($0.utf8)) }
    }

    private func save(_ listed: ListedRun, to tables: ProjectionTables, in db: Database) throws {
        let text = String(decoding: try JSONEncoder().encode(listed), as: UTF8.self)
        try db.execute(
            sql: "REPLACE INTO \(tables["runs"]) (run, pipeline, status, requested, partition, listed) "
                + "VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [
                listed.run.rawValue, listed.pipeline, listed.status.rawValue, listed.requested, listed.partition, text,
            ])
    }
}
