import EphemeralPostgres
import PostgresClient
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// A private server stays private whatever the environment says of another one.
@Suite struct ForeignVariablesTests {
    @Test func `no variable leads a connection, a script or a dump to another server`() async throws {
        let folder = try Files.makeDirectory()
        defer { Files.remove(folder) }
        try await withForeignServer { foreign in
            let variables = try HostileVariables(foreign, folder).all
            // In a process of its own: others read this one's environment.
            await #expect(processExitsWith: .success) {
                [variables = variables as [[String: String]], folder = folder as String] in
                for group in variables { try await ForeignVariablesTests.useServer(under: group, folder) }
            }
            let rows = try foreign.connect().query("SELECT a FROM t")
            #expect(rows.map { $0[0] } == ["foreign"])
        }
    }

    /// Does with a private server what can be done with one, and looks whether it was that one.
    private static func useServer(under variables: [String: String], _ folder: String) async throws {
        for (name, value) in variables { unsafe setenv(name, value, 1) }
        defer { for name in variables.keys { unsafe unsetenv(name) } }
        var options = PostgresOptions()
        options.tcp = true
        options.settings = ["TimeZone": "Asia/Tokyo"]
        options.schema = [.text("DROP TABLE IF EXISTS t; CREATE TABLE t (a text); INSERT INTO t VALUES ('own')")]
        try await withPostgres(options) { server in
            for parameters in [server.parameters, try #require(server.tcpParameters)] {
                let connection = try PostgresConnection(parameters)
                let row = try connection.query(
                    """
                    SELECT a, current_setting('data_directory'), current_setting('timezone'),
                        current_setting('datestyle'), current_setting('search_path'),
                        current_setting('client_encoding'), current_user FROM t
                    """)[0]
                let found = (0..<7).map { row[$0] }
                let expected = [
                    "own", server.parameters.host + "/data", "Asia/Tokyo", "ISO, MDY", "\"$user\", public", "UTF8",
                    "postgres",
                ]
                #expect(found == expected, "\(variables)")
            }
            try await server.load(.text("UPDATE t SET a = 'loaded'"))
            var dump = PostgresDump()
            dump.restrictKey = "key"
            try await server.dump(dump, to: folder + "/dump.sql")
            let text = try Files.read(folder + "/dump.sql")
            #expect(text.contains("CREATE TABLE public.t") && text.contains("\nloaded\n"), "\(variables)")
        }
    }

    @Test func `a connection that reaches another server than the one that was meant is refused`() async throws {
        try await withForeignServer { foreign in
            try await withPostgres { server in
                var parameters = server.parameters
                // As if somebody had put another server's socket into its place.
                let path = "\(parameters.host)/.s.PGSQL.\(parameters.port)"
                unsafe unlink(path)
                unsafe symlink("\(foreign.parameters.host)/.s.PGSQL.\(foreign.parameters.port)", path)
                let error = #expect(throws: PostgresError.self) { try PostgresConnection(parameters) }
                #expect(error?.code == .wrongServer, "\(error?.description ?? "")")
                // Another host is another server, of which nothing is known.
                parameters.host = foreign.parameters.host
                parameters.port = foreign.parameters.port
                let found = try PostgresConnection(parameters).query("SELECT a FROM t")[0][0]
                #expect(found == "foreign")
            }
        }
    }

    @Test func `a child's environment has nothing of another server in it`() async throws {
        try await withPostgres { server in
            let inherited = [
                "PGHOSTADDR": "10.0.0.1", "PGSERVICE": "x", "PGOPTIONS": "-c a=b", "PGFUTURE": "x", "PATH": "/bin",
                "PSQLRC": "/nowhere/x", "PAGER": "less", "DATABASE_URL": "postgres://elsewhere",
            ]
            let environment = server.environment(replacing: inherited)
            #expect(environment["PATH"] == "/bin" && environment["PAGER"] == "less")
            #expect(
                environment.filter { $0.key.hasPrefix("PG") || $0.key == "PSQLRC" }
                    == server.environment.filter {
                        $0.key != "DATABASE_URL"
                    })
            #expect(environment["DATABASE_URL"] == server.connectionString)
        }
    }

    private func withForeignServer(_ body: (PostgresServer) async throws -> Void) async throws {
        var options = PostgresOptions()
        options.tcp = true
        options.schema = [.text("CREATE TABLE t (a text); INSERT INTO t VALUES ('foreign')")]
        try await withPostgres(options, body)
    }
}

/// Every variable that leads a program to a foreign server, or hinders it in using its own.
struct HostileVariables {
    private(set) var all: [[String: String]]

    /// Writes the files that variables name.
    init(_ foreign: PostgresServer, _ folder: String) throws {
        let address = foreign.environment
        let tcp = try #require(foreign.tcpParameters)
        let service = """
            [foreign]
            host=127.0.0.1
            hostaddr=127.0.0.1
            port=\(tcp.port)
            user=postgres
            dbname=postgres
            password=\(tcp.password ?? "")
            options=-c search_path=nowhere
            sslmode=require
            target_session_attrs=standby

            """
        try Files.write(service, to: folder + "/services")
        try Files.write("*:*:*:*:\(tcp.password ?? "")\n", to: folder + "/passwords")
        try Files.changeMode(folder + "/passwords", 0o600)
        let led = ["PGHOSTADDR": "127.0.0.1", "PGPORT": "\(tcp.port)", "PGPASSWORD": tcp.password ?? ""]
        all = [
            led, address, led.merging(address) { one, _ in one },
            ["PGSERVICE": "foreign", "PGSERVICEFILE": folder + "/services"],
            ["PGSERVICE": "foreign", "PGSERVICEFILE": folder + "/services", "PGHOSTADDR": "127.0.0.1"],
            ["PGPASSFILE": folder + "/passwords", "PGHOSTADDR": "127.0.0.1", "PGPORT": "\(tcp.port)"],
        ]
        all += Self.single.map { [$0.0: $0.1] }
    }

    /// Each by itself, with a value that leads away or makes a connection impossible.
    static let single = [
        ("PGHOST", "/nowhere"), ("PGHOSTADDR", "192.0.2.1"), ("PGPORT", "1"), ("PGDATABASE", "nowhere"),
        ("PGUSER", "nobody"), ("PGPASSWORD", "wrong"), ("PGPASSFILE", "/nowhere"), ("PGSERVICEFILE", "/nowhere"),
        ("PGSYSCONFDIR", "/nowhere"), ("PGOPTIONS", "-c search_path=nowhere -c default_transaction_read_only=on"),
        ("PGAPPNAME", "foreign"), ("PGSSLMODE", "verify-full"), ("PGREQUIRESSL", "1"), ("PGSSLNEGOTIATION", "direct"),
        ("PGSSLCOMPRESSION", "1"), ("PGSSLCERT", "/nowhere"), ("PGSSLKEY", "/nowhere"), ("PGSSLCERTMODE", "require"),
        ("PGSSLROOTCERT", "system"), ("PGSSLCRL", "/nowhere"), ("PGSSLCRLDIR", "/nowhere"), ("PGSSLSNI", "0"),
        ("PGREQUIREPEER", "nobody"), ("PGREQUIREAUTH", "gss"), ("PGSSLMINPROTOCOLVERSION", "TLSv9"),
        ("PGSSLMAXPROTOCOLVERSION", "TLSv0"), ("PGGSSENCMODE", "require"), ("PGKRBSRVNAME", "nobody"),
        ("PGGSSLIB", "nothing"), ("PGGSSDELEGATION", "1"), ("PGCHANNELBINDING", "require"),
        ("PGCONNECT_TIMEOUT", "nonsense"), ("PGCLIENTENCODING", "LATIN1"), ("PGDATESTYLE", "German"),
        ("PGTZ", "America/New_York"), ("PGGEQO", "off"), ("PGTARGETSESSIONATTRS", "standby"),
        ("PGLOADBALANCEHOSTS", "random"), ("PGMINPROTOCOLVERSION", "3.2"), ("PGMAXPROTOCOLVERSION", "3.2"),
        ("PGDATA", "/nowhere"), ("PGLOCALEDIR", "/nowhere"), ("PSQLRC", "/nowhere"), ("PG_COLOR", "always"),
        ("PG_GRANDPARENT_PID", "1"), ("PG_OOM_ADJUST_FILE", "/nowhere"),
    ]
}
