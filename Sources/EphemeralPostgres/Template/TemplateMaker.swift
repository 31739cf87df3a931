import Sennit

/// Makes a data directory that starts as quickly as can be, and puts it into an archive.
///
/// `initdb` without flushing, with write-ahead segments of 1 MB; then, in the server's single-user mode, the databases
/// that nobody needs are dropped, which halves the files; and write-ahead segments that hold nothing are left out.
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
        do {
            return try TemplateArchive.make(of: data, without: try unneededFiles(data, flag))
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

    /// Write-ahead segments but for the one with the last checkpoint: they are empty, kept for later use.
    private func unneededFiles(_ data: String, _ flag: CancellationFlag) throws -> Set<String> {
        var unneeded: Set<String> = ["postmaster.opts", "postmaster.pid"]
        let control = binaries.path("pg_controldata")
        guard FileSystem.isExecutable(control) else { return unneeded }
        let report = try run("pg_controldata", ["-D", data], flag)
        let line = report.split(separator: "\n").first { $0.contains("REDO WAL file") }
        guard let needed = line?.split(separator: " ").last else { return unneeded }
        for name in FileSystem.names(in: "\(data)/pg_wal") where name.utf8.count == 24 && name != needed {
            unneeded.insert("pg_wal/\(name)")
        }
        return unneeded
    }

    @discardableResult
    private func run(
        _ program: String, _ arguments: [String], _ flag: CancellationFlag, input: String = ""
    ) throws -> String {
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
            return outcome.text
        } catch let error as SystemError {
            throw EphemeralPostgresError(.templateFailed, "\(program): \(error)")
        } catch let error as SpawnError {
            throw EphemeralPostgresError(.templateFailed, "\(error)")
        }
    }
}
