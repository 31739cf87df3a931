import ArgumentParser
import DataChecksCommands
import PostgresClient
import Testing

struct ConnectionOptionsTests {
    @Test func `what is not said is taken from psql's variables`() throws {
        let options = try ConnectionOptions.parse([])
        let parameters = try options.parameters(
            environment: ["PGHOST": "/run/pg", "PGPORT": "5377", "PGUSER": "me", "PGDATABASE": "prices"])
        #expect(parameters.host == "/run/pg" && parameters.port == 5377)
        #expect(parameters.user == "me" && parameters.database == "prices")
        #expect(try options.parameters(environment: [:]) { _ in nil }.port == 5432)
        #expect(try ConnectionOptions.parse(["--port", "5"]).parameters(environment: ["PGPORT": "7"]).port == 5)
    }

    @Test func `a private server is found by its port, unless another one is named`() throws {
        let options = try ConnectionOptions.parse(["--port", "5377"])
        func host(_ environment: [String: String]) throws -> String {
            try options.parameters(environment: environment) { port in
                port == 5377 ? PostgresParameters(host: "/run/its", port: port, user: "u", database: "d") : nil
            }.host
        }
        #expect(try host([:]) == "/run/its")
        #expect(try host(["PGHOST": "/run/mine"]) == "/run/mine")
        #expect(try host(["PGPASSWORD": "secret"]) == "127.0.0.1")
        #expect(try options.parameters(environment: [:]) { _ in nil }.host == "127.0.0.1")
    }

    @Test func `ports that are none`() {
        #expect(throws: (any Error).self) { try ConnectionOptions.parse(["--port", "70000"]) }
        #expect(throws: (any Error).self) { try ConnectionOptions.parse([]).parameters(environment: ["PGPORT": "x"]) }
    }
}
