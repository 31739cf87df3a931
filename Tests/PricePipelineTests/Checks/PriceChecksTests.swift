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

    @Test func `a tier that starts where none ends does not pass`() async throws {
        try await withPriceTables { server in
            let connection = try server.connect()
            defer { connection.close() }
            try connection.execute(
                """
                INSERT INTO api_price.infra_price (cloud_provider, sku_id, rate_code, service, region, term, charge,
                    start_usage_amount, end_usage_amount, price, currency, unit, normalised_unit, unit_block, source_id,
                    source_offset)
                SELECT 'aws', 'S', code, 'AmazonS3', 'eu-west-1', 'on_demand', 'usage', low, high, 1, 'USD', 'GB-Mo',
                    'GB/Month', 1, 1, 1
                FROM (VALUES ('a', 0, 10), ('b', 10, 20), ('c', 20, NULL)) AS tiers (code, low, high)
                """)
            let good = PriceChecks.run().run(on: connection)
            #expect(good.outcome == .pass, "\(good.text)")
            try connection.execute("DELETE FROM api_price.infra_price WHERE rate_code = 'b'")
            let gap = PriceChecks.run().run(on: connection)
            #expect(
                gap.checks.filter { $0.outcome == .fail }.map(\.name) == ["each tier starts where another one ends"])
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
