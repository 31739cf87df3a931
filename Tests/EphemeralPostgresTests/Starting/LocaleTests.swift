import EphemeralPostgres
import PostgresClient
import Testing

@Suite struct LocaleTests {
    @Test(arguments: [
        ("C", ["Ä", "a,b,z,ä", "f"]), ("C.UTF-8", ["ä", "a,b,z,ä", "t"]), ("icu:de-DE", ["ä", "a,ä,b,z", "t"]),
    ])
    func `a locale decides on capitals, order and letters`(name: String, expected: [String]) async throws {
        var options = PostgresOptions()
        options.locale = try #require(PostgresLocale(name))
        try await withPostgres(options) { server in
            let row = try server.connect().query(
                """
                SELECT lower('Ä'),
                    (SELECT string_agg(a, ',' ORDER BY a) FROM (VALUES ('z'), ('ä'), ('b'), ('a')) v (a)),
                    'ä' ~ '^\\w$'
                """)[0]
            let found = [row[0] ?? "", row[1] ?? "", row[2] ?? ""]
            #expect(found == expected)
        }
    }

    @Test func `databases can be made from the templates of a locale`() async throws {
        var options = PostgresOptions()
        options.locale = .icu("de-DE")
        options.keepsTemplateDatabases = true
        try await withPostgres(options) { server in
            try server.connect().execute("CREATE DATABASE other")
            var parameters = server.parameters
            parameters.database = "other"
            #expect(try PostgresConnection(parameters).query("SELECT 'ä' < 'b'")[0][0] == "t")
        }
    }

    @Test func `a locale that the system does not have is an error with its name`() async throws {
        var options = PostgresOptions()
        options.locale = .system("no_SUCH.UTF-8")
        let error = await #expect(throws: EphemeralPostgresError.self) { try await withPostgres(options) { _ in } }
        #expect(error?.code == .templateFailed)
        #expect(error?.log.contains("no_SUCH.UTF-8") == true)
    }

    @Test(arguments: ["", "icu:", "a b", "-x", "'", "é", "icu:de;drop"])
    func `what is no name of a locale is none`(text: String) {
        #expect(PostgresLocale(text) == nil)
    }

    @Test(arguments: ["C", "C.UTF-8", "icu:de-DE-u-co-phonebk", "de_DE.UTF-8@euro"])
    func `a locale is written as it is read`(text: String) {
        #expect(PostgresLocale(text)?.description == text)
    }

    @Test(arguments: [
        "port", "PORT", "listen_addresses", "listen-addresses", "unix_socket_directories", "unix_socket_permissions",
        "unix_socket_group", "data_directory", "config_file", "hba_file", "ident_file", "external_pid_file",
        "Logging_Collector", "log_destination", "", "a b", "x=y", "port\u{301}",
    ])
    func `a setting that the keeper needs is refused by name`(name: String) async throws {
        var options = PostgresOptions()
        options.settings = [name: "1"]
        let error = await #expect(throws: EphemeralPostgresError.self) { try await withPostgres(options) { _ in } }
        #expect(error?.code == .invalidOption)
        #expect(error?.message.contains("'\(name)'") == true)
    }
}
