import CloudPrices
import EphemeralPostgres
import PostgresClient
import Testing

/// An offer with some of everything: odd notations, quotes, tiers, nulls.
private func offer(rows: Int) -> String {
    let rates = (0..<rows).map { index in
        ("AAA.\(index)", OfferText.offer([OfferText.rate("AAA.\(index).x", "0.\(1000 + index)00", end: "1\(index)")]))
    }
    return OfferText(products: [OfferText.product("AAA")], terms: [("OnDemand", [("AAA", rates)])]).json
}

@Suite(.serialized) struct PostgresPriceSinkTests {
    @discardableResult
    private func scrape(_ json: String, _ path: String = "/offer", into sink: any PriceSink) throws -> ScrapeSummary {
        try AWSScraper(selection: .everything).scrape(file: MemoryByteSource(json), path: path, into: sink)
    }

    /// How many rows name each document, in order.
    private func paths(_ connection: PostgresConnection) throws -> [String] {
        let rows = try connection.query(
            """
            SELECT path, source_id, count(sku_id)
            FROM api_price.price_source LEFT JOIN api_price.infra_price USING (cloud_provider, source_id)
            GROUP BY path, source_id ORDER BY path
            """)
        return rows.map { row in (0..<row.count).map { row[$0] ?? "null" }.joined(separator: " ") }
    }

    @Test func `rows that are added name their own document, and those before keep theirs`() async throws {
        try await withPostgres { server in
            let connection = try server.connect()
            try connection.execute(PriceSchema.tables)
            for (path, rows, mode) in [("/a", 3, .replace), ("/b", 2, .append), ("/c", 1, .append)]
                as [(String, Int, PostgresPriceSink.Mode)]
            {
                let sink = try PostgresPriceSink(server.parameters, mode: mode)
                try scrape(offer(rows: rows), path, into: sink)
                try sink.finish()
            }
            #expect(try paths(connection) == ["/a 1 3", "/b 2 2", "/c 3 1"])
            // Each provider counts for itself, and a load without rows is none.
            let google = try PostgresPriceSink(server.parameters, mode: .append)
            let page = GoogleList.page([GoogleList.sku("S", [GoogleList.pricing([GoogleList.rate("0")])])])
            _ = try GoogleCloudScraper(selection: .everything)
                .scrape(file: MemoryByteSource(page), path: "/g", into: google)
            try google.finish()
            #expect(try PostgresPriceSink(server.parameters, mode: .append).finish() == 0)
            #expect(try paths(connection) == ["/a 1 3", "/b 2 2", "/c 3 1", "/g 1 1"])
        }
    }

    @Test func `an offer that is taken back is not there, and one of an earlier load stays`() async throws {
        func row(_ source: PriceSourceDocument, _ rateCode: String) throws -> PriceRowBuffer {
            var row = PriceRowBuffer(provider: .aws, source: source)
            for (field, text) in [(PriceText.sku, "S"), (.rateCode, rateCode), (.service, "E"), (.region, "eu-west-1")]
            {
                try row.set(field, text)
            }
            for (field, text) in [(PriceText.currency, "USD"), (.unit, "Hrs"), (.normalisedUnit, "Hours")] {
                try row.set(field, text)
            }
            try row.setPrice("1".utf8.span)
            return row
        }
        try await withPostgres { server in
            let connection = try server.connect()
            try connection.execute(PriceSchema.tables)
            for mode in [PostgresPriceSink.Mode.replace, .append] {
                let sink = try PostgresPriceSink(server.parameters, mode: mode)
                let source = PriceSourceDocument(id: 1, path: "/p")
                try sink.begin(source)
                for code in ["S.A.1", "S.A.2", "S.AA.1", "S.B.1"] { try sink.append(row(source, code)) }
                try sink.takeBack(sku: "S", offer: mode == .replace ? "S.B" : "S.A")
                try sink.takeBack(sku: "T", offer: "S.AA")
                #expect(try sink.finish() == (mode == .replace ? 3 : 2))
            }
            let codes = try connection.query("SELECT rate_code FROM api_price.infra_price ORDER BY 1").map { $0[0] }
            #expect(codes == ["S.A.1", "S.A.2", "S.AA.1", "S.AA.1", "S.B.1"])
        }
    }

    @Test func `two loads that add at once do not meet`() async throws {
        try await withPostgres { server in
            let connection = try server.connect()
            try connection.execute(PriceSchema.tables)
            let parameters = server.parameters
            try await withThrowingTaskGroup(of: Void.self) { group in
                for path in ["/a", "/b", "/c"] {
                    group.addTask {
                        let sink = try PostgresPriceSink(parameters, mode: .append)
                        try scrape(offer(rows: 200), path, into: sink)
                        try sink.finish()
                    }
                }
                try await group.waitForAll()
            }
            let numbers = try paths(connection).map { $0.split(separator: " ") }
            #expect(numbers.map { $0[0] } == ["/a", "/b", "/c"] && numbers.allSatisfy { $0[2] == "200" })
            #expect(Set(numbers.map { $0[1] }) == ["1", "2", "3"])
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a load that waits for another one can be cancelled`() async throws {
        try await withPostgres { server in
            let connection = try server.connect()
            try connection.execute(PriceSchema.tables)
            let first = try PostgresPriceSink(server.parameters, mode: .append)
            try scrape(offer(rows: 5), into: first)
            let parameters = server.parameters
            let second = Task {
                let sink = try PostgresPriceSink(parameters, mode: .append)
                defer { sink.cancel() }
                try scrape(offer(rows: 5), into: sink)
            }
            let waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            while try connection.query(waiting)[0][0] != "1" { await Task.yield() }
            second.cancel()
            await #expect(throws: CancellationError.self) { try await second.value }
            #expect(try connection.query(waiting)[0][0] == "0")
            #expect(try first.finish() == 5)
        }
    }

    @Test func `one load has prices of one provider`() async throws {
        try await withPostgres { server in
            try server.connect().execute(PriceSchema.tables)
            let sink = try PostgresPriceSink(server.parameters)
            try scrape(offer(rows: 1), into: sink)
            let page = GoogleList.page([GoogleList.sku("S", [GoogleList.pricing([GoogleList.rate("0")])])])
            let problem = #expect(throws: PriceProblem.self) {
                _ = try GoogleCloudScraper(selection: .everything)
                    .scrape(file: MemoryByteSource(page), path: "/g", into: sink)
            }
            #expect(problem?.message.contains("one provider") == true)
            sink.cancel()
        }
    }

    @Test func `every column arrives as it was published`() async throws {
        try await withPostgres { server in
            let connection = try server.connect()
            try connection.execute(PriceSchema.tables)
            var json = AWSOfferReaderTests.both.json
            json = json.replacing("\"0.1000000000\"", with: "\"3.4E-05\"")
            let sink = try PostgresPriceSink(server.parameters)
            _ = try scrape(json, into: sink)
            #expect(try sink.finish() == 4)
            let rows = try connection.query(
                """
                SELECT sku_id, rate_code, service, region, product_family, attributes, term, term_months,
                    purchase_option, offering_class, charge, start_usage_amount, end_usage_amount, price,
                    published_price, currency, unit, normalised_unit, unit_block,
                    effective_from AT TIME ZONE 'UTC', effective_to, path, version
                FROM api_price.infra_price JOIN api_price.price_source USING (cloud_provider, source_id)
                ORDER BY source_offset
                """)
            let texts = rows.map { row in (0..<row.count).map { row[$0] ?? "null" }.joined(separator: "|") }
            let end = "Hrs|Hours|1|2025-04-01 00:00:00|null|/offer|20250422213507"
            #expect(
                texts == [
                    "AAA|AAA.J.6|AmazonEC2|eu-west-1|Compute Instance|null|on_demand|null|null|null|usage|0|null|"
                        + "0.000034|3.4E-05|USD|\(end)",
                    "BBB|BBB.J.6|AmazonEC2|eu-west-1|null|null|on_demand|null|null|null|usage|0|null|"
                        + "0.0000000025|null|USD|\(end)",
                    "AAA|AAA.R.6YS6EN2CT7|AmazonEC2|eu-west-1|Compute Instance|null|reserved|12|Partial Upfront|"
                        + "standard|usage|0|null|0.0300000000|null|USD|\(end)",
                    "AAA|AAA.R.2TG2D8R56U|AmazonEC2|eu-west-1|Compute Instance|null|reserved|12|Partial Upfront|"
                        + "standard|upfront_fee|0|null|263|null|USD|"
                        + end.replacing("Hrs|Hours", with: "Quantity|Units"),
                ])
            try connection.execute(PriceSchema.indexes)
        }
    }

    @Test func `a load is whole or not at all, and replaces the one before`() async throws {
        try await withPostgres { server in
            let connection = try server.connect()
            try connection.execute(PriceSchema.tables)
            func count() throws -> String? {
                try connection.query("SELECT count(*) FROM api_price.infra_price").first?[0]
            }
            let first = try PostgresPriceSink(server.parameters)
            _ = try scrape(offer(rows: 3000), into: first)
            #expect(try first.finish() == 3000)
            let given = try PostgresPriceSink(server.parameters)
            _ = try scrape(offer(rows: 5000), into: given)
            given.cancel()
            #expect(try count() == "3000")
            let second = try PostgresPriceSink(server.parameters)
            _ = try scrape(offer(rows: 10), into: second)
            #expect(try second.finish() == 10)
            #expect(try count() == "10")
            let third = try PostgresPriceSink(server.parameters, mode: .append)
            _ = try scrape(offer(rows: 5), into: third)
            #expect(try third.finish() == 5)
            #expect(try count() == "15")
        }
    }

    @Test func `a server that goes away is told, and nothing was kept`() async throws {
        try await withPostgres { server in
            let connection = try server.connect()
            try connection.execute(PriceSchema.tables)
            let sink = try PostgresPriceSink(server.parameters)
            let problem = #expect(throws: PriceProblem.self) {
                var row = PriceRowBuffer(provider: .aws, source: PriceSourceDocument(id: 1, path: "/a"))
                let price = Array("1.5".utf8)
                try row.setPrice(price.span)
                for field in PriceText.allCases where field != .price && field != .attributes {
                    try row.set(field, "x")
                }
                for index in 0..<1_000_000 {
                    try sink.append(row)
                    // Once it is certain that the load has begun.
                    if index == 50_000 {
                        try connection.execute(
                            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'COPY%'")
                    }
                }
                try sink.finish()
            }
            #expect(problem?.code == .outputFailed)
            sink.cancel()
            #expect(try connection.query("SELECT count(*) FROM api_price.infra_price").first?[0] == "0")
        }
    }

    @Test func `no server and no table are told at the end at the latest`() async throws {
        let nowhere = try PostgresPriceSink(
            PostgresParameters(host: "/nowhere", user: "postgres", database: "postgres"))
        let problem = #expect(throws: PriceProblem.self) {
            _ = try scrape(offer(rows: 1), into: nowhere)
            try nowhere.finish()
        }
        #expect(problem?.code == .outputFailed)
        try await withPostgres { server in
            let sink = try PostgresPriceSink(server.parameters)
            let problem = #expect(throws: PriceProblem.self) { try sink.finish() }
            #expect(problem?.message.contains("api_price.infra_price") == true)
            let added = try PostgresPriceSink(server.parameters, mode: .append)
            let missing = #expect(throws: PriceProblem.self) { try scrape(offer(rows: 1), into: added) }
            #expect(missing?.message.contains("api_price.infra_price") == true)
            #expect(throws: PriceProblem.self) { try added.finish() }
        }
    }
}
