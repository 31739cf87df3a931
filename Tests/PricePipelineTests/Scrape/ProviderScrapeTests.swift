import CloudPrices
import DataChecks
import EphemeralPostgres
import Foundation
import PostgresClient
import PricePipeline
import Testing

@Suite(.timeLimit(.minutes(5))) struct ProviderScrapeTests {
    @Test(arguments: [(CloudProvider.aws, 250), (.azure, 1000), (.googleCloud, 9)])
    func `the samples come into the price table, and pass the general checks`(
        provider: CloudProvider, atLeast: Int
    ) async throws {
        try await withPriceTables { server in
            let selection = try PriceSelectionText(contentsOf: "\(samples)/selection.yml").selection(for: provider)
            let scrape = ProviderScrape(provider, from: .samples(samples), selection: selection)
            let summary = try await scrape.load(into: server.parameters)
            let connection = try server.connect()
            defer { connection.close() }
            let count = try connection.query("SELECT count(*) FROM api_price.infra_price")[0][0].flatMap { Int($0) }
            #expect(summary.rows >= atLeast && count == summary.rows)
            let report = PriceChecks.run().run(on: connection)
            #expect(report.exitCode == 0, "\(report.text)")
        }
    }

    @Test func `a selection's variables are expanded, and a provider that it does not name is an error`() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "selection-\(UUID()).yml").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("aws: {regions: [\"${REGION}\"]}\n".utf8).write(to: URL(filePath: path))
        let selection = try PriceSelectionText(contentsOf: path, environment: ["REGION": "eu-west-1"])
        #expect(selection.text.contains("eu-west-1"))
        #expect(throws: PriceProblem.self) { try selection.selection(for: .azure) }
        #expect(throws: PriceProblem.self) { try PriceSelectionText(contentsOf: path, environment: [:]) }
    }
}
