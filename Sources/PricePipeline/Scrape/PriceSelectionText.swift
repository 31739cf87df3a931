public import CloudPrices
public import Foundation
import VariableExpansion

/// The text of a selection file, in which variables have been expanded: what travels to a worker.
public struct PriceSelectionText: Sendable, Hashable, Codable {
    /// The YAML.
    public let text: String

    /// Reads a selection file.
    ///
    /// - Throws: `PriceProblem` with code `invalidSelection` for a file that cannot be read or is wrong, with the
    ///   place.
    public init(
        contentsOf path: String, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws {
        let raw: String
        do {
            raw = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw PriceProblem(
                .invalidSelection, "the selection cannot be read", source: path, advice: "Check the path.")
        }
        do {
            text = try VariableExpander(isStrict: true).expand(raw, variables: environment)
        } catch {
            throw PriceProblem(.invalidSelection, "a variable cannot be expanded: \(error)", source: path)
        }
        _ = try PriceSelection(expandedYAML: text, name: path)
    }

    /// What is read of a provider; nothing if the file does not name it.
    ///
    /// - Throws: `PriceProblem` with code `invalidSelection` where the file does not name the provider.
    public func selection(for provider: CloudProvider) throws -> ProviderSelection {
        if let selection = try PriceSelection(expandedYAML: text)[provider] { return selection }
        throw PriceProblem(
            .invalidSelection, "the selection does not name \(provider)", provider: provider,
            advice: "Add a section '\(provider)', or leave the provider out.")
    }
}
