import GRDB

/// What the store knows about one building of a projection.
struct ProjectionRecord {
    var id: Int
    /// Up to where its tables are made.
    var position: Int
    /// Whether it is the one that is read; else it is being built.
    var isActive: Bool

    var tables: ProjectionTables { ProjectionTables(id: id) }

    /// The one that is read; if there is none, the one that is being built.
    static func find(_ projection: some Projection, in db: Database) throws -> ProjectionRecord? {
        try fetch("name = ? AND version = ? ORDER BY is_active DESC, id LIMIT 1", projection, in: db)
    }

    /// The one that is being built.
    static func findBuilding(_ projection: some Projection, in db: Database) throws -> ProjectionRecord? {
        try fetch("name = ? AND version = ? AND NOT is_active ORDER BY id LIMIT 1", projection, in: db)
    }

    private static func fetch(_ condition: String, _ projection: some Projection, in db: Database) throws
        -> ProjectionRecord?
    {
        let row = try Row.fetchOne(
            db, sql: "SELECT id, position, is_active FROM projections WHERE " + condition,
            arguments: [projection.name, projection.version])
        return row.map { ProjectionRecord(id: $0["id"], position: $0["position"], isActive: $0["is_active"]) }
    }

    /// The one with a number; nil if somebody has replaced it.
    static func find(id: Int, in db: Database) throws -> ProjectionRecord? {
        let row = try Row.fetchOne(
            db, sql: "SELECT position, is_active FROM projections WHERE id = ?", arguments: [id])
        return row.map { ProjectionRecord(id: id, position: $0["position"], isActive: $0["is_active"]) }
    }

    /// Starts a new one, with empty tables.
    static func start(_ projection: some Projection, in db: Database) throws -> ProjectionRecord {
        try db.execute(
            sql: "INSERT INTO projections (name, version, position, is_active) VALUES (?, ?, 0, 0)",
            arguments: [projection.name, projection.version])
        let record = ProjectionRecord(id: Int(db.lastInsertedRowID), position: 0, isActive: false)
        try projection.createTables(record.tables, in: db)
        return record
    }

    func save(position: Int, in db: Database) throws {
        try db.execute(sql: "UPDATE projections SET position = ? WHERE id = ?", arguments: [position, id])
    }

    /// Makes it the one that is read, and removes those before it.
    ///
    /// What a newer program has built is left alone.
    func activate(_ projection: some Projection, in db: Database) throws {
        let former = try Int.fetchAll(
            db, sql: "SELECT id FROM projections WHERE name = ? AND version <= ? AND id <> ?",
            arguments: [projection.name, projection.version, id])
        for id in former {
            try ProjectionTables(id: id).drop(in: db)
            try db.execute(sql: "DELETE FROM projections WHERE id = ?", arguments: [id])
        }
        try db.execute(sql: "UPDATE projections SET is_active = 1 WHERE id = ?", arguments: [id])
    }
}
