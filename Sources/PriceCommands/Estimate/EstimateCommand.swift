package import ArgumentParser
import CloudPrices
import CostEstimate
package import DataChecksCommands
import Foundation
import SennitCommands

/// `pscraper estimate`.
package struct EstimateCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "estimate", abstract: "Price a bill of materials with the prices of a database",
        discussion: """
              > pscraper estimate --port 5377 bill.yml

            The bill is YAML or JSON: lines (provider, region, service, sku or match, quantity, hours), the product's \
            own prices, and discounts. Each line is traced to its SKU and to the place of its price in the provider's \
            list. A line that means no price, or several, is an error.
            """,
        helpNames: [.short, .long])

    @OptionGroup package var connection: ConnectionOptions

    @Argument(help: "The bill of materials.")
    package var bill: String

    @Option(help: "The day on which the prices must hold, as 2026-11-24. (default: now)")
    package var date: String?

    @Flag(help: "Print the estimate as one JSON object.")
    package var json = false

    package init() {}

    @concurrent
    package func run() async throws {
        let text: String
        do {
            text = try String(contentsOfFile: bill, encoding: .utf8)
        } catch {
            throw CommandError("The bill '\(bill)' cannot be read: \(error.localizedDescription)")
        }
        let parsed = try BillOfMaterials(parsing: text, variables: ProcessInfo.processInfo.environment)
        let estimator = Estimator(PostgresCatalogue(try connection.parameters()), at: try moment())
        let estimate = try await estimator.estimate(parsed)
        try Console.current.output.line(json ? JSONLine.text(of: estimate) : EstimateText.text(of: estimate))
    }

    private func moment() throws -> PriceInstant {
        guard let date else { return .now }
        guard let moment = PriceInstant(date) else { throw CommandError("--date \(date) is no day.") }
        return moment
    }
}
