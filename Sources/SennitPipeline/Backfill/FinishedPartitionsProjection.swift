package import EventStore
package import GRDB

/// Which partitions of which pipelines have a run that did all of its steps and ended well.
package struct FinishedPartitionsProjection: Projection {
    package let name = "finished_partitions"
    package let version = 1
    package let filter = EventFilter(categories: [RunHistory.category], includesTombstones: true)

    package init() {}

    package func createTables(_ tables: ProjectionTables, in db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE \(tables["runs"]) (
                    run TEXT PRIMARY KEY, pipeline TEXT NOT NULL, partition TEXT NOT NULL, fingerprint TEXT NOT NULL,
                    requested INTEGER NOT NULL, is_finished INTEGER NOT NULL
                ) WITHOUT ROWID;
                CREATE INDEX \(tables["by_pipeline"]) ON \(tables["runs"]) (pipeline, is_finished);
                """)
    }

    package func apply(_ events: EventBatch, to tables: ProjectionTables, in db: Database) throws {
        let table = tables["runs"]
        for event in events {
            let run = String(event.stream.identifier)
            switch event.type.name {
            case _ where event.isTombstone:
                try db.execute(sql: "DELETE FROM \(table) WHERE run = ?", arguments: [run])
            case RunRequested.name:
                let body = try event.value(as: RunRequested.self)
                // A run of one step says nothing about the others.
                guard body.only == nil, let partition = body.partition, let fingerprint = body.fingerprint else {
                    continue
                }
                try db.execute(
                    sql: "REPLACE INTO \(table) VALUES (?, ?, ?, ?, ?, 0)",
                    arguments: [run, body.pipeline, partition, fingerprint.hexadecimal, event.microseconds])
            case RunFinished.name:
                try db.execute(sql: "UPDATE \(table) SET is_finished = 1 WHERE run = ?", arguments: [run])
            default: continue
            }
        }
    }

    /// The newest good run for each partition of a pipeline.
    static func newest(of pipeline: String, in db: Database, _ tables: ProjectionTables) throws
        -> [String: FinishedPartition]
    {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT run, partition, fingerprint FROM \(tables["runs"])
                WHERE pipeline = ? AND is_finished = 1 ORDER BY requested, run
                """,
            arguments: [pipeline])
        return rows.reduce(into: [:]) { found, row in
            guard let run = RunID(row["run"]), let fingerprint = ContentHash(hexadecimal: row["fingerprint"]) else {
                return
            }
            found[row["partition"]] = FinishedPartition(run: run, fingerprint: fingerprint)
        }
    }
}

/// The newest run that has done all of a partition.
struct FinishedPartition: Sendable, Hashable {
    let run: RunID
    let fingerprint: ContentHash
}
