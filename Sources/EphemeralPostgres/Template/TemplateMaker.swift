import ByteText
import Sennit

/// Makes a data directory that starts as quickly as can be, and puts it into an archive.
///
/// `initdb` without flushing, with write-ahead segments of 1 MB; then, in the server's single-user mode, the databases
/// that nobody needs are dropped, which halves the files; the write-ahead log is replaced by an empty one; and files
/// are left out that the server makes again when it needs them, which is a quarter of the rest.
struct TemplateMaker {
    var binaries: ServerBinaries
    var account: ProcessAccount?
    var keepsTemplateDatabases: Bool

    /// The time zone of a server, and locale without surprises, whatever this process's environment says.
    static let environment: [String: String?] = [
        "TZ": "UTC", "LC_ALL": "C", "LANG": nil, "PGDATA": nil, "PGOPTIONS": nil, "PGTZ": nil,
    ]

    func make(_ flag: CancellationFlag) throws -> [UInt8] {
        let place = try ServerDirectory.make(.disk, account)
        defer { place.remove() }
        let data = place.dataPath
        try run(
            "initdb",
            [
                "--no-sync", "--auth=trust", "--wal-segsize=1", "--encoding=UTF8", "--locale=C",
                "--username=\(PostgresServer.userName)", "--no-instructions", "--pgdata=\(data)",
            ], flag)
        try writeConfiguration(data)
        if !keepsTemplateDatabases { try dropDatabases(data, flag) }
        // It was shut down in good order, so that nothing in the log is needed.
        try run("pg_resetwal", ["-D", data], flag)
        do {
            return try TemplateArchive.make(of: data, leavingOut: Self.isMadeAgain)
        } catch {
            throw EphemeralPostgresError(.templateFailed, "cannot read it: \(error)")
        }
    }

    private func dropDatabases(_ data: String, _ flag: CancellationFlag) throws {
        try run(
            "postgres", ["--single", "-F", "-D", data, "-c", "exit_on_error=true", PostgresServer.databaseName], flag,
            input: """
                UPDATE pg_database SET datistemplate = false WHERE datname IN ('template0', 'template1');
                DROP DATABASE template0;
                DROP DATABASE template1;

                """)
    }

    /// Replaces the two files that the server reads, of which most is comment.
    private func writeConfiguration(_ data: String) throws {
        let access = """
            local all all trust
            host all all 127.0.0.1/32 scram-sha-256
            host all all ::1/128 scram-sha-256

            """
        let settings = """
            lc_messages = 'C'
            lc_monetary = 'C'
            lc_numeric = 'C'
            lc_time = 'C'
            default_text_search_config = 'pg_catalog.english'
            datestyle = 'iso, mdy'
            timezone = 'UTC'
            log_timezone = 'UTC'

            """
        for (name, text) in [("pg_hba.conf", access), ("postgresql.conf", settings)] {
            let path = "\(data)/\(name)"
            FileSystem.removeFile(path)
            try FileSystem.create(path, Array(text.utf8))
            if let account { try FileSystem.changeOwner(path, to: account) }
        }
    }

    /// Whether the server makes a file again that is not there: maps of the free and of the all-visible pages of its
    /// tables, statistics about its use, and what it says of itself while it runs.
    private static func isMadeAgain(_ path: String) -> Bool {
        let isMap = path.bytes.hasEnd("_fsm") || path.bytes.hasEnd("_vm")
        let isStatistics = path.bytes.hasStart("pg_stat/")
        return isMap || isStatistics || path == "postmaster.opts" || path == "postmaster.pid"
    }

    private func run(
        _ program: String, _ arguments: [String], _ flag: CancellationFlag, input: String = ""
    ) throws {
        var tool = Tool(binaries.path(program), arguments)
        tool.account = account
        tool.input = Array(input.utf8)
        tool.environment = Self.environment
        do {
            let outcome = try tool.run(flag)
            guard outcome.status == .exited(0) else {
                throw EphemeralPostgresError(
                    .templateFailed, "\(program) \(outcome.status.predicate)", log: String(outcome.text.suffix(4096)))
            }
        } catch let error as SystemError {
            throw EphemeralPostgresError(.templateFailed, "\(program): \(error)")
        } catch let error as SpawnError {
            throw EphemeralPostgresError(.templateFailed, "\(error)")
        }
    }
}
