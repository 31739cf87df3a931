import EphemeralPostgres
import PostgresClient
import Testing

@Suite(.timeLimit(.minutes(5))) struct LoadCommandTests {
    @Test func `a private server is found by its port alone`() async throws {
        var options = PostgresOptions()
        options.tcp = true
        try await withPostgres(options) { server in
            let port = try #require(server.tcpParameters?.port)
            let run = await pscraper(["pgload", "--port", "\(port)"])
            #expect(run.code == 0, "\(run.notes)")
            let connection = try server.connect()
            defer { connection.close() }
            #expect(try connection.query("SELECT count(*) FROM api_price.infra_price")[0][0] == "0")
        }
    }
}
