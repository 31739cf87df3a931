import ArgumentParser
import PostgresClient
import PriceCommands
import Testing

struct ConnectionOptionsTests {
    @Test func `what is not said is taken from psql's variables`() throws {
        let options = try ConnectionOptions.parse([])
        let parameters = try options.parameters(
            environment: ["PGHOST": "/run/pg", "PGPORT": "5377", "PGUSER": "me", "PGDATABASE": "prices"])
        #expect(parameters.host == "/run/pg" && parameters.port == 5377)
        #expect(parameters.user == "me" && parameters.database == "prices")
        #expect(try options.parameters(environment: [:]).port == 5432)
        #expect(try ConnectionOptions.parse(["--port", "5"]).parameters(environment: ["PGPORT": "7"]).port == 5)
    }

    @Test func `ports that are none`() {
        #expect(refusal("pgload --port 70000").code == 64)
        #expect(throws: (any Error).self) { try ConnectionOptions.parse([]).parameters(environment: ["PGPORT": "x"]) }
    }

    @Test func `only needs a file`() { #expect(refusal("check --only").words.contains("at least one file")) }
}
