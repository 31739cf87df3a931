import CloudPrices
import CostEstimate
import EphemeralPostgres
import PostgresClient
import Testing

@Suite(.timeLimit(.minutes(5))) struct PostgresCatalogueTests {
    @Test func `prices are found by what the line says, to the last digit`() async throws {
        var options = PostgresOptions()
        options.schema = [.text(PriceSchema.tables)]
        try await withPostgres(options) { server in
            let connection = try server.connect()
            defer { connection.close() }
            try connection.execute(
                """
                INSERT INTO api_price.price_source VALUES ('aws', 1, '/offers/ec2.json');
                INSERT INTO api_price.infra_price (cloud_provider, sku_id, rate_code, service, region, term, charge,
                    start_usage_amount, price, published_price, currency, unit, normalised_unit, unit_block,
                    effective_from, source_id, source_offset)
                VALUES ('aws', 'A', 'A.1', 'AmazonEC2', 'eu-west-1', 'on_demand', 'usage', 0, 0.1070000000,
                    NULL, 'USD', 'Hrs', 'Hours', 1, '2024-05-01', 1, 77)
                """)
            let catalogue = PostgresCatalogue(server.parameters)
            var line = BillLine(name: "node", provider: .aws, quantity: BillQuantity(1))
            line.sku = "A"
            let row = try #require(try await catalogue.rows(for: line).first)
            #expect(row.price.text == "0.1070000000" && row.source == "/offers/ec2.json" && row.sourceOffset == 77)
            #expect(row.effectiveFrom == PriceInstant(year: 2024, month: 5, day: 1) && row.tierEnd == nil)
            line.region = "us-east-1"
            #expect(try await catalogue.rows(for: line).isEmpty)
        }
    }

    @Test func `a database that is not there is an error with the line's name`() async throws {
        let catalogue = PostgresCatalogue(PostgresParameters(host: "/nowhere", user: "u", database: "d"))
        let line = BillLine(name: "node", provider: .aws, quantity: BillQuantity(1))
        let error = await #expect(throws: EstimateError.self) { try await catalogue.rows(for: line) }
        #expect(error?.code == .catalogue && error?.line == "node")
    }
}
