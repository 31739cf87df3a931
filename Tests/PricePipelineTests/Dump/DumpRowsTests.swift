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
            for provider in [CloudProvider.azure, .googleCloud] {
                _ = try DumpRows.load("\(folder)/\(provider).sql", schema: "api_price", into: connection)
            }
            let count = try connection.query("SELECT count(*) FROM api_price.infra_price")[0][0]
            #expect(count == "\(expected)")
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
            #expect(throws: DumpRowsError.self) {
                try DumpRows.load(path, schema: "api_price", into: connection)
            }
            #expect(try connection.query("SELECT count(*) FROM api_price.price_source")[0][0] == "0")
        }
    }
}
