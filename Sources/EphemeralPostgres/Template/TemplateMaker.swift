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
    var locale: PostgresLocale

    /// The time zone of a server, and locale without surprises, whatever this process's environment says.
    static var environment: [String: String?] {
        PostgresVariables.removals.merging(["TZ": "UTC", "LC_ALL": "C", "LANG": nil]) { _, own in own }
    }

    func make(_ flag: CancellationFlag) throws -> [UInt8] {
        let place = try ServerDirectory.makeForTemplate(account)
        defer { place.remove() }
        let data = place.dataPath
        let user = NamelessUser.find(account)
        func run(_ program: String, _ arguments: [String], input: String = "") throws {
            try self.run(program, arguments, flag, as: user, folder: place.path, input: input)
        }
        try run(
            "initdb",
            [
                "--no-sync", "--auth=trust", "--wal-segsize=1", "--encoding=UTF8",
                "--username=\(PostgresServer.userName)", "--no-instructions", "--pgdata=\(data)",
            ] + locale.arguments)
        try writeConfiguration(data)
        if !keepsTemplateDatabases {
            try run(
                "postgres",
                ["--single", "-F", "-D", data, "-c", "exit_on_error=true", PostgresServer.databaseName],
                input: Self.dropDatabases)
        }
        // It was shut down in good order, so that nothing in the log is needed.
        try run("pg_resetwal", ["-D", data])
        do {
            return try TemplateArchive.make(of: data, leavingOut: Self.isMadeAgain)
        } catch {
            throw EphemeralPostgresError(.templateFailed, "cannot read it: \(error)")
        }
    }

    private static let dropDatabases = """
        UPDATE pg_database SET datistemplate = false WHERE datname IN ('template0', 'template1');
        DROP DATABASE template0;
        DROP DATABASE template1;

        """

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
        _ program: String, _ arguments: [String], _ flag: CancellationFlag, as user: NamelessUser?, folder: String,
        input: String
    ) throws {
        var tool = Tool(binaries.path(program), arguments)
        tool.account = account
        tool.input = Array(input.utf8)
        tool.environment = Self.environment
        do {
            try user?.apply(to: &tool, folder: folder)
            let outcome = try tool.run(flag)
            guard outcome.status == .exited(0) else {
                let advice = NamelessUser.hasName(account) ? "" : "; \(NamelessUser.advice)"
                throw EphemeralPostgresError(
                    .templateFailed, "\(program) \(outcome.status.predicate)\(advice)",
                    log: String(outcome.text.suffix(4096)))
            }
        } catch let error as SystemError {
            throw EphemeralPostgresError(.templateFailed, "\(program): \(error)")
        } catch let error as SpawnError {
            throw EphemeralPostgresError(.templateFailed, "\(error)")
        }
    }
}
