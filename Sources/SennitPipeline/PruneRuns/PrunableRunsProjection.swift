package import EventStore
package import GRDB

/// When each run was asked for and how it ended: what is needed to choose those that go.
package struct PrunableRunsProjection: Projection {
    package let name = "prunable_runs"
    package let version = 1
    package let filter = EventFilter(categories: [RunHistory.category], includesTombstones: true)

    package init() {}

    package func createTables(_ tables: ProjectionTables, in db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE \(tables["runs"]) (
                    run TEXT PRIMARY KEY, pipeline TEXT NOT NULL, requested INTEGER NOT NULL, ended INTEGER,
                    ended_well INTEGER NOT NULL, version INTEGER NOT NULL
                ) WITHOUT ROWID
                """)
    }

    package func apply(_ events: EventBatch, to tables: ProjectionTables, in db: Database) throws {
        var versions: [StreamID: Int] = [:]
        for event in events {
            versions[event.stream] = event.version
            try apply(event, to: tables["runs"], in: db)
        }
        for (stream, version) in versions {
            try db.execute(
                sql: "UPDATE \(tables["runs"]) SET version = ? WHERE run = ?",
                arguments: [version, String(stream.identifier)])
        }
    }

    private func apply(_ event: RecordedEvent, to table: String, in db: Database) throws {
        let run = String(event.stream.identifier)
        let milliseconds = event.microseconds / 1000
        switch event.type.name {
        case _ where event.isTombstone:
            try db.execute(sql: "DELETE FROM \(table) WHERE run = ?", arguments: [run])
        case RunRequested.name:
            try db.execute(
                sql: "REPLACE INTO \(table) VALUES (?, ?, ?, NULL, 0, 1)",
                arguments: [run, try event.value(as: RunRequested.self).pipeline, milliseconds])
        case RunStarted.name:
            try db.execute(
                sql: "UPDATE \(table) SET ended = NULL, ended_well = 0 WHERE run = ?", arguments: [run])
        case RunFinished.name, RunFailed.name, RunCancelled.name:
            try db.execute(
                sql: "UPDATE \(table) SET ended = ?, ended_well = ? WHERE run = ?",
                arguments: [milliseconds, event.type.name == RunFinished.name, run])
        default: break
        }
    }

    /// Every run that is there.
    static func all(in db: Database, _ tables: ProjectionTables) throws -> [PrunableRun] {
        try Row.fetchAll(db, sql: "SELECT * FROM \(tables["runs"])").compactMap { row in
            guard let run = RunID(row["run"]) else { return nil }
            return PrunableRun(
                run: run, pipeline: row["pipeline"], requested: row["requested"], ended: row["ended"],
                hasEndedWell: row["ended_well"], version: row["version"])
        }
    }
}
