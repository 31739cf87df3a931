import EventStore
import GRDB

/// An event of the size that a step's progress has.
struct MeasuredProgress: Event {
    static let eventType = EventType("step.progressed")

    var attempt = 1
    var bytes: Int
    var rows: Int
    var step = "prices.aws"
    var message = "eu-central-1"

    init(_ index: Int) {
        rows = index * 1000
        bytes = index * 80_000
    }
}

/// A projection that knows how many events it has counted.
protocol CheckedProjection: Projection {
    func events(in db: Database, _ tables: ProjectionTables) throws -> Int
}

/// Counts events by stream and type, as a list of runs does, without their values.
struct CountingProjection: CheckedProjection {
    let name = "rebuild, counting"
    let version = 1

    private struct Key: Hashable {
        var stream: StreamID
        var type: EventType
    }

    func createTables(_ tables: ProjectionTables, in db: Database) throws {
        try db.execute(
            sql: "CREATE TABLE \(tables["counts"]) (stream TEXT, type TEXT, events INTEGER, PRIMARY KEY (stream, type))"
        )
    }

    func apply(_ events: EventBatch, to tables: ProjectionTables, in db: Database) throws {
        var counts: [Key: Int] = [:]
        for event in events { counts[Key(stream: event.stream, type: event.type), default: 0] += 1 }
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO \(tables["counts"]) VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET events = events + excluded.events
                """)
        for (key, count) in counts {
            try statement.execute(arguments: [key.stream.name, key.type.name, count])
        }
    }

    func events(in db: Database, _ tables: ProjectionTables) throws -> Int {
        try Int.fetchOne(db, sql: "SELECT sum(events) FROM \(tables["counts"])") ?? 0
    }
}

/// Adds up what is in the values.
struct SummingProjection: CheckedProjection {
    let name = "rebuild, decoding"
    let version = 1

    func createTables(_ tables: ProjectionTables, in db: Database) throws {
        try db.execute(sql: "CREATE TABLE \(tables["sums"]) (step TEXT PRIMARY KEY, rows INTEGER, events INTEGER)")
    }

    func apply(_ events: EventBatch, to tables: ProjectionTables, in db: Database) throws {
        var sums: [String: (rows: Int, events: Int)] = [:]
        for event in events {
            let progress = try event.value(as: MeasuredProgress.self)
            sums[progress.step, default: (0, 0)].rows &+= progress.rows
            sums[progress.step, default: (0, 0)].events += 1
        }
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO \(tables["sums"]) VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET rows = rows + excluded.rows, events = events + excluded.events
                """)
        for (step, sum) in sums { try statement.execute(arguments: [step, sum.rows, sum.events]) }
    }

    func events(in db: Database, _ tables: ProjectionTables) throws -> Int {
        try Int.fetchOne(db, sql: "SELECT sum(events) FROM \(tables["sums"])") ?? 0
    }
}
