import CloudPrices
import CostEstimate
import Foundation
import SennitPipeline
import VariableExpansion

/// What a bill of materials takes from outside of its file.
struct BillVariables: Codable, Sendable, Hashable {
    /// The values of the variables that it uses.
    var values: [String: String]
    /// The day whose prices it is priced with, as 2026-11-24.
    var day: String

    /// Reads a bill to the end, so that what is wrong with it is known before any price is read.
    ///
    /// - Throws: `PipelineError` with the place of what is wrong.
    init(ofBill path: String, environment: [String: String], now: Date) throws {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw PipelineError(.invalidConfiguration, "The bill of materials '\(path)' cannot be read.")
        }
        do {
            _ = try BillOfMaterials(parsing: text, variables: environment)
            let used = try VariableExpander().variables(in: text, defined: environment).map(\.name)
            values = environment.filter { used.contains($0.key) }
        } catch {
            throw PipelineError(.invalidConfiguration, "In the bill of materials '\(path)': \(error)")
        }
        day = String(now.ISO8601Format().prefix(10))
    }

    /// When prices must hold: as the day begins, by UTC.
    var moment: PriceInstant? { PriceInstant(day) }
}
