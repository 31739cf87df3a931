import PostgresClient
import Testing

struct ParametersTests {
    @Test func `an address for other programs`() {
        var parameters = PostgresParameters(host: "/run/a b", port: 5433, user: "me", database: "d/b")
        #expect(parameters.connectionString == "postgresql://me@/d%2Fb?host=%2Frun%2Fa%20b&port=5433")
        parameters.host = "127.0.0.1"
        parameters.password = "p@:"
        #expect(parameters.connectionString == "postgresql://me:p%40%3A@127.0.0.1:5433/d%2Fb")
        parameters.host = "::1"
        #expect(parameters.connectionString == "postgresql://me:p%40%3A@[::1]:5433/d%2Fb")
    }

    @Test func `names and texts are quoted`() {
        #expect(PostgresSyntax.identifier("a\"b") == "\"a\"\"b\"")
        #expect(PostgresSyntax.literal("it's") == "'it''s'")
        #expect(PostgresSyntax.literal("a\\'") == "E'a\\\\'''")
    }

    @Test func `a long statement is cut in an error, and the description has it all`() {
        let error = PostgresError(
            .server, "no", sqlState: "42P01", detail: "d", hint: "h", position: 3,
            statement: "  " + String(repeating: "x", count: 300))
        #expect(error.statementStart == String(repeating: "x", count: 200) + "…")
        #expect(error.description.hasPrefix("refused by the server: no (SQLSTATE 42P01)\n  detail: d\n  hint: h\n"))
    }
}
