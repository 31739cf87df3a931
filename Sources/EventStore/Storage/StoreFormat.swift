import GRDB

/// The tables of a store, and how a file is known to be one.
enum StoreFormat {
    /// The letters "SnEv": says that a database is a store of events.
    static let applicationID = 0x536E_4576
    /// What this release writes.
    ///
    /// A file with a higher number was written by a newer one.
    static let version = 1

    /// Set in the stored version of the event that ends a deleted stream.
    static let deletedBit = 1 << 62

    /// The type of the event that ends a deleted stream.
    static let tombstone = EventType("$deleted")

    private static let tables = """
        CREATE TABLE streams (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE
        ) STRICT;

        CREATE TABLE types (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            version INTEGER NOT NULL,
            UNIQUE (name, version)
        ) STRICT;

        CREATE TABLE events (
            position INTEGER PRIMARY KEY,
            stream INTEGER NOT NULL REFERENCES streams (id),
            version INTEGER NOT NULL,
            type INTEGER NOT NULL REFERENCES types (id),
            time INTEGER NOT NULL,
            correlation TEXT,
            causation TEXT,
            payload TEXT NOT NULL
        ) STRICT;

        CREATE UNIQUE INDEX events_of_stream ON events (stream, version);

        CREATE TABLE commands (
            id TEXT PRIMARY KEY,
            stream INTEGER NOT NULL,
            version INTEGER NOT NULL,
            count INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE snapshots (
            stream INTEGER NOT NULL,
            name TEXT NOT NULL,
            form INTEGER NOT NULL,
            version INTEGER NOT NULL,
            payload TEXT NOT NULL,
            PRIMARY KEY (stream, name)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE projections (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            version INTEGER NOT NULL,
            position INTEGER NOT NULL,
            is_active INTEGER NOT NULL
        ) STRICT;
        """

    /// Makes the tables in an empty file, or checks that the file is a store that this release can use.
    static func prepare(_ db: Database, path: String) throws {
        let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        if application == applicationID {
            guard version <= Self.version else {
                throw EventStoreError(
                    .futureFormat,
                    "'\(path)' has format \(version), and this release knows \(Self.version). Use a newer release.")
            }
            return
        }
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        guard application == 0, version == 0, tables == 0 else {
            throw EventStoreError(.foreignFile, "'\(path)' is a database of something else. Choose another path.")
        }
        try db.execute(sql: Self.tables)
        try db.execute(sql: "PRAGMA application_id = \(applicationID)")
        try db.execute(sql: "PRAGMA user_version = \(Self.version)")
    }
}
