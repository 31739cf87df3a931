import CloudPrices
import EphemeralPostgres
import Foundation
import PostgresClient
import PricePipeline
import Testing

@Suite(.timeLimit(.minutes(5))) struct DumpRowsTests {
    @Test func `dumps of two providers add up to one table`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "dumps-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var expected = 0
        for provider in [CloudProvider.azure, .googleCloud] {
            try await withPriceTables { server in
                let selection = try PriceSelectionText(contentsOf: "\(samples)/selection.yml").selection(for: provider)
                expected += try await ProviderScrape(provider, from: .samples(samples), selection: selection)
                    .load(into: server.parameters).rows
                try await server.dump(to: "\(folder)/\(provider).sql")
            }
        }
        try await withPriceTables { server in
            let connection = try server.connect()
            defer { connection.close() }
            var prices = 0
            for provider in [CloudProvider.azure, .googleCloud] {
                let path = "\(folder)/\(provider).sql"
                let loaded = try DumpRows.load(path, schema: "api_price", into: connection)
                let counted = try DumpRows.count(path, schema: "api_price")
                #expect(loaded == counted)
                // One list each, which is no price.
                #expect(loaded["api_price.price_source"] == 1)
                prices += try DumpRows.prices(in: loaded, of: path)
            }
            #expect(prices == expected)
            let count = try connection.query("SELECT count(*) FROM api_price.infra_price")[0][0]
            #expect(count == "\(expected)")
            let twice = #expect(throws: DumpRowsError.self) {
                try DumpRows.load("\(folder)/azure.sql", schema: "api_price", into: connection)
            }
            #expect(twice?.code == .alreadyThere)
        }
    }

    @Test func `a dump that breaks off is an error, and nothing of it stays`() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "cut-\(UUID()).sql").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let text = "COPY api_price.price_source (cloud_provider, source_id, path) FROM stdin;\naws\t1\ta\naws\t2\tb\n"
        try Data(text.utf8).write(to: URL(filePath: path))
        try await withPriceTables { server in
            let connection = try server.connect()
            defer { connection.close() }
            let error = #expect(throws: DumpRowsError.self) {
                try DumpRows.load(path, schema: "api_price", into: connection)
            }
            #expect(error?.code == .brokenOff && error?.table == "api_price.price_source")
            #expect(throws: DumpRowsError.self) { try DumpRows.count(path, schema: "api_price") }
            #expect(try connection.query("SELECT count(*) FROM api_price.price_source")[0][0] == "0")
        }
    }

    @Test(arguments: ["", "SELECT 1;\n", "COPY public.other (a) FROM stdin;\n1\n\\.\n"])
    func `a file without the table of prices is named`(text: String) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "no-prices-\(UUID()).sql").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(text.utf8).write(to: URL(filePath: path))
        let rows = try DumpRows.count(path, schema: "api_price")
        #expect(rows.isEmpty)
        let error = #expect(throws: DumpRowsError.self) { try DumpRows.prices(in: rows, of: path) }
        #expect(error?.code == .noPrices && error?.description.contains(path) == true)
    }
}
