import CloudPrices
import SennitPipeline

/// The section `prices` of a configuration file.
struct PriceSettings: Decodable, Sendable {
    /// A folder of sample lists, read in place of the providers' servers.
    var samples: String?
    /// The address of a server that answers in the providers' layout, such as `pscraper mock`, read in their place.
    var mirror: String?
    /// Whether AWS's offers are read as CSV, in which form alone the samples have them.
    var csv: Bool?
    /// Whose prices are read; all three unless said otherwise.
    var providers: [String]?
    /// A file that says what is read of each provider.
    var selection: String?
    /// Files of checks, by provider, in addition to the general ones.
    var checks: [String: [String]]?
    /// A folder with copies of the providers' lists, of which only those that have changed are fetched.
    var cache: String?
    /// A bill of materials that is priced at the end.
    var bill: String?
    /// Where checked dumps are published.
    var publish: PublishSettings?

    /// Where checked dumps go.
    struct PublishSettings: Decodable, Sendable {
        /// A folder or an `s3://` address.
        var to: String
        /// Where an S3-compatible service is.
        var endpoint: String?
        /// Where its key is kept.
        var key: Secret?
        /// How long dumps are kept.
        var weeks: Int?
    }

    /// The providers, in order.
    func chosenProviders() throws -> [CloudProvider] {
        let all = [CloudProvider.aws, .azure, .googleCloud]
        guard let providers else { return all }
        return try providers.map { name in
            guard let provider = all.first(where: { $0.rawValue == name }) else {
                throw PipelineError(
                    .invalidConfiguration,
                    "In section 'prices': '\(name)' is no provider; there are aws, azure and gcp.")
            }
            return provider
        }
    }
}
