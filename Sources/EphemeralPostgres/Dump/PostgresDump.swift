import PostgresClient

/// A plain dump: SQL that psql or `PostgresServer.load(_:)` makes the same database from.
///
/// Tables, indexes and everything else that has no rows is described by the installation's own `pg_dump`; the rows are
/// written by this module, in the very bytes that `pg_dump` would write. Both see the same moment of the database.
public struct PostgresDump: Sendable, Hashable {
    /// The tables to dump, as `name` in the schema `public` or as `schema.name`; empty for all.
    public var tables: [String] = []
    /// Whether the tables' definitions are in it; without them it holds rows only.
    public var includesDefinitions = true
    /// Whether what it makes is dropped first, if it is there.
    public var dropsFirst = false
    /// The key with which the dump locks psql against commands in its data, of letters and digits; nil for a new one.
    ///
    /// A key that is known in advance makes equal databases' dumps equal. It gives the lock up: whoever may name the
    /// tables could write it into a name. It is for databases whose tables are one's own.
    public var restrictKey: String?
    /// The state of the database that is dumped, as a transaction that is still open has exported it with
    /// `pg_export_snapshot()`; nil for the state now.
    public var snapshot: String?

    /// A dump of everything.
    public init() {}

    /// What a dump holds.
    public struct Summary: Sendable, Hashable {
        /// Tables whose rows are in it.
        public var tables = 0
        /// Rows of all tables.
        public var rows = 0
        /// All of it.
        public var bytes = 0
    }
}

extension PostgresServer {
    /// Writes a plain dump to a file, which appears whole or not at all.
    ///
    /// - Parameters:
    ///   - dump: What is dumped.
    ///   - path: Where the file goes; one that is there is replaced.
    /// - Returns: How much was written.
    /// - Throws: ``EphemeralPostgresError`` of code ``EphemeralPostgresError/Code/dumpFailed``, `PostgresError` or
    ///   `CancellationError`; the file is not there then, or is the one before.
    @discardableResult
    public func dump(_ dump: PostgresDump = PostgresDump(), to path: String) async throws -> PostgresDump.Summary {
        try await OwnThread.run("sennit-dump") { [self] flag in
            let file = try DraftFile(path)
            let summary = try DumpRun(dump, parameters, binaries, flag).write { try file.write($0) }
            try file.publish()
            return summary
        }
    }

    /// Hands over a plain dump in blocks, on another thread, one after another.
    ///
    /// - Parameters:
    ///   - dump: What is dumped.
    ///   - write: Takes each block in turn; what it throws ends the dump.
    /// - Returns: How much was handed over.
    /// - Throws: What `write` throws, and as ``dump(_:to:)``.
    @discardableResult
    public func dump(
        _ dump: PostgresDump = PostgresDump(), _ write: @escaping @Sendable (RawSpan) throws -> Void
    ) async throws -> PostgresDump.Summary {
        try await OwnThread.run("sennit-dump") { [self] flag in
            try DumpRun(dump, parameters, binaries, flag).write(write)
        }
    }
}
