import CloudPrices
import DataChecks
import EphemeralPostgres
import PostgresClient
import PricePipeline
import Testing

@Suite(.timeLimit(.minutes(5))) struct PriceChecksTests {
    @Test func `no prices at all do not pass`() async throws {
        try await withPriceTables { server in
            let connection = try server.connect()
            defer { connection.close() }
            #expect(PriceChecks.run().run(on: connection).outcome == .fail)
        }
    }

    @Test func `a file of checks that is not there is an error, not a pass`() async throws {
        try await withPriceTables { server in
            let connection = try server.connect()
            defer { connection.close() }
            #expect(PriceChecks.run(with: ["missing.yml"]).run(on: connection).exitCode == 3)
        }
    }
}
