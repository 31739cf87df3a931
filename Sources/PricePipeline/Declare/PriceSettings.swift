import CloudPrices
import ConfigurationReading
import Foundation
import SennitPipeline

/// The section `prices` of a configuration file.
struct PriceSettings: Decodable, Sendable {
    /// A folder of sample lists, read in place of the providers' servers.
    var samples: String?
    /// The address of a server that answers in the providers' layout, such as `pscraper mock`, read in their place.
    var mirror: String?
    /// Whether AWS's offers are read as CSV, in which form alone the samples have them.
    var csv: Bool?
    /// Whether AWS's lists of the regions in China are read, in place of all others.
    var china: Bool?
    /// Whose prices are read; all three unless said otherwise.
    var providers: [String]?
    /// A file that says what is read of each provider, or `all`.
    var selection: String?
    /// Units that the lists have and the tables do not, by provider and by their text in the list.
    var units: [String: [String: UnitRule]]?
    /// Places that the lists have and the tables do not, by provider.
    var regions: [String: PlaceRules]?
    /// What becomes of rows with a unit, region, currency or term that is not known, by provider.
    var unknown: [String: RowTolerance]?
    /// What becomes of SKUs with odd tiers, dates or numbers, by provider.
    var odd: [String: RowTolerance]?
    /// Files of checks, by provider, in addition to the general ones.
    var checks: [String: [String]]?
    /// A folder with copies of the providers' lists, of which only those that have changed are fetched.
    var cache: String?
    /// A folder with what earlier runs measured, for checks of change; a part of the store unless it is said.
    var history: String?
    /// Where the steps' servers keep their files: `memory`, `disk` or a directory.
    var storage: String?
    /// A bill of materials that is priced at the end.
    var bill: String?
    /// Where checked dumps are published.
    var publish: PublishSettings?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case samples, mirror, csv, china, providers, selection, units, regions, unknown, odd, checks, cache, history
        case storage, bill, publish
    }

    /// Where checked dumps go.
    struct PublishSettings: Decodable, Sendable {
        /// A folder or an `s3://` address.
        var to: String
        /// Where an S3-compatible service is.
        var endpoint: String?
        /// The region that it is in.
        var region: String?
        /// Where its key is kept.
        var key: Secret?
        /// How long dumps are kept.
        var weeks: Int?

        enum CodingKeys: String, CodingKey, CaseIterable { case to, endpoint, region, key, weeks }
    }

    /// The section of a configuration, or settings that say nothing.
    static func read(from configuration: PipelineConfiguration) throws -> PriceSettings {
        guard let settings = try configuration.section("prices", as: PriceSettings.self) else { return PriceSettings() }
        for name in (settings.checks ?? [:]).keys.sorted() {
            _ = try provider(name, in: "'checks' of section 'prices'")
        }
        for name in settings.rules.providers { _ = try provider(name, in: "the rules of section 'prices'") }
        return settings
    }

    /// How lists are read, beside what the selection says.
    var rules: ReadingRuleSections {
        ReadingRuleSections(units: units, regions: regions, unknown: unknown, odd: odd)
    }

    /// The providers, in order.
    func chosenProviders() throws -> [CloudProvider] {
        guard let providers else { return CloudProvider.known }
        return try providers.map { try Self.provider($0, in: "section 'prices'") }
    }

    private static func provider(_ name: String, in place: String) throws -> CloudProvider {
        if let provider = CloudProvider.known.first(where: { $0.rawValue == name }) { return provider }
        throw PipelineError(
            .invalidConfiguration,
            "In \(place): '\(name)' is no provider; there are aws, azure and gcp."
                + NameSuggestion.question(name, among: CloudProvider.known.map(\.rawValue)))
    }

    /// The place of the steps' servers, with its whole path if it is a directory.
    func serverStorage() throws -> ServerStorage {
        switch storage {
        case nil: return .automatic
        case "memory": return .memory
        case "disk": return .disk
        case let path?:
            guard FileManager.default.fileExists(atPath: "\(path)/.") else {
                throw PipelineError(
                    .invalidConfiguration,
                    "In section 'prices': 'storage' is '\(path)'; it is memory, disk, or a directory that is there.")
            }
            return .directory(URL(filePath: path).path)
        }
    }
}
