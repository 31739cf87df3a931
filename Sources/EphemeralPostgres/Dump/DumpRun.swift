import ByteText
import PostgresClient
import Sennit
import Synchronization

/// The making of one dump.
struct DumpRun {
    private let dump: PostgresDump
    private let parameters: PostgresParameters
    private let binaries: ServerBinaries
    private let flag: CancellationFlag

    init(
        _ dump: PostgresDump, _ parameters: PostgresParameters, _ binaries: ServerBinaries, _ flag: CancellationFlag
    ) {
        self.dump = dump
        self.parameters = parameters
        self.binaries = binaries
        self.flag = flag
    }

    /// Writes the whole dump; the calling thread is blocked meanwhile.
    func write(_ sink: (RawSpan) throws -> Void) throws -> PostgresDump.Summary {
        try checkKey()
        let connection = try PostgresConnection(parameters)
        defer { connection.close() }
        try connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        if let snapshot = dump.snapshot {
            try connection.execute("SET TRANSACTION SNAPSHOT \(PostgresSyntax.literal(snapshot))")
        }
        // What pg_dump sets, so that values are written as it writes them.
        try connection.execute(
            """
            SET search_path = ''; SET datestyle = ISO; SET intervalstyle = postgres; SET extra_float_digits = 3;
            SET statement_timeout = 0; SET lock_timeout = 0; SET row_security = off
            """)
        try checkLargeObjects(connection)
        let snapshot = try dump.snapshot ?? connection.query("SELECT pg_export_snapshot()")[0][0] ?? ""
        let contents = try DumpContents(connection, dump)
        var summary = PostgresDump.Summary()
        func put(_ bytes: RawSpan) throws {
            try flag.check()
            summary.bytes += bytes.byteCount
            try sink(bytes)
        }
        // Safety: an array's bytes, lent for one call.
        func put(_ text: [UInt8]) throws { try unsafe put(text.span.bytes) }

        let before = try definitions("pre-data", snapshot)
        let after = try definitions("post-data", snapshot)
        let frame = DumpFrame(before: try before.wait(), after: try after.wait(), key: dump.restrictKey)
        try put(Array(frame.head.utf8))
        for table in contents.tables {
            try put(Array(table.heading.utf8))
            summary.rows += try connection.copyOut(table.copyStatement) { try put($0) }
            try put(Array("\\.\n\n\n".utf8))
            summary.tables += 1
        }
        try put(Array(contents.sequences.joined().utf8))
        try put(Array(frame.tail.utf8))
        return summary
    }

    /// Starts `pg_dump` for one part of the definitions.
    private func definitions(_ section: String, _ snapshot: String) throws -> DefinitionsTask {
        guard dump.includesDefinitions else { return DefinitionsTask(finished: "") }
        let program = binaries.path("pg_dump")
        guard FileSystem.isExecutable(program) else {
            throw EphemeralPostgresError(
                .dumpFailed,
                "\(program) is not there; install it, on Debian with 'apt-get install postgresql-client'")
        }
        var arguments = [
            "--section=\(section)", "--snapshot=\(snapshot)", "--host=\(parameters.host)",
            "--port=\(parameters.port)", "--username=\(parameters.user)", "--no-password",
        ]
        if dump.dropsFirst { arguments += ["--clean", "--if-exists"] }
        arguments += dump.tables.map { "--table=" + TableName($0).pattern }
        arguments.append("--dbname=\(parameters.database)")
        var tool = Tool(program, arguments)
        // Where the server is not our own, libpq's rules hold for pg_dump as they do for the connection.
        if parameters.privateServer != nil { tool.environment = PostgresVariables.removals }
        tool.environment.merge(["PGPASSWORD": parameters.password, "LC_ALL": "C", "PGOPTIONS": nil]) { _, own in own }
        return try DefinitionsTask(tool, flag)
    }

    private func checkKey() throws {
        guard let key = dump.restrictKey else { return }
        guard !key.isEmpty, key.bytes.isMade(ofLettersDigitsAnd: "") else {
            throw EphemeralPostgresError(.dumpFailed, "the key '\(key)' does not consist of letters and digits")
        }
    }

    private func checkLargeObjects(_ connection: PostgresConnection) throws {
        let rows = try connection.query("SELECT count(*) FROM pg_catalog.pg_largeobject_metadata")
        guard let count = rows.first?[0], count != "0" else { return }
        throw EphemeralPostgresError(
            .dumpFailed, "the database has \(count) large objects, which are not dumped; use pg_dump for it")
    }
}

/// A run of `pg_dump` on a thread of its own, beside the copying of rows.
private final class DefinitionsTask: Sendable {
    private let outcome = Mutex<Result<String, any Error>?>(nil)
    private let bell = ThreadBell()

    init(finished: String) { outcome.withLock { $0 = .success(finished) } }

    init(_ tool: Tool, _ flag: CancellationFlag) throws {
        try SystemThread.start(name: "sennit-pg_dump", stackBytes: 512 << 10) { [self] in
            let result = Result { try Self.run(tool, flag) }
            outcome.withLock { $0 = result }
            bell.ring()
        }
    }

    private static func run(_ tool: Tool, _ flag: CancellationFlag) throws -> String {
        let outcome = try tool.run(flag)
        guard outcome.status == .exited(0) else {
            throw EphemeralPostgresError(
                .dumpFailed, "pg_dump \(outcome.status.predicate)", log: String(outcome.text.suffix(4096)))
        }
        return outcome.text
    }

    /// Blocks until it is done.
    func wait() throws -> String {
        while true {
            let ticket = bell.ticket
            if let outcome = outcome.withLock({ $0 }) { return try outcome.get() }
            bell.wait(after: ticket)
        }
    }
}
