public import CloudPrices
public import DataChecks
import Foundation

/// What a provider's step read, and how its checks came out: lies beside the dump.
public struct ProviderReport: Sendable, Hashable, Codable {
    /// Whose prices.
    public var provider: CloudProvider
    /// Rows of the price table.
    public var rows: Int
    /// Bytes read, after decompression.
    public var bytes: Int
    /// Documents read.
    public var documents: Int
    /// Products that the selection kept, and left out.
    public var productsKept: Int
    /// Products that the selection left out.
    public var productsLeftOut: Int
    /// How the checks came out, all together.
    public var outcome: CheckOutcome
    /// How many checks passed.
    public var checksPassed: Int
    /// The names of those that warned.
    public var warnings: [String]
    /// What was left out since it could not be read, and names in the selection that nothing has: one text each.
    public var notices: [String]?

    init(_ summary: ScrapeSummary, _ report: CheckReport, _ provider: CloudProvider) {
        self.provider = provider
        rows = summary.rows
        bytes = summary.bytes
        documents = summary.documents.count
        productsKept = summary.productsKept
        productsLeftOut = summary.productsLeftOut
        outcome = report.outcome
        checksPassed = report.count(.pass)
        let leftOut = summary.leftOut.isEmpty ? [] : ["left out: \(summary.leftOut)"]
        let notices = leftOut + summary.notices.map(\.description)
        self.notices = notices.isEmpty ? nil : notices
        warnings = report.checks.filter { $0.outcome == .warn }.map(\.name)
    }

}
