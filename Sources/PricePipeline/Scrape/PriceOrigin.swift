public import CloudPrices
import PriceListServer

/// Where a scrape reads from.
public enum PriceOrigin: Sendable, Hashable, Codable {
    /// The provider's own servers.
    case live
    /// A server that answers in the provider's layout, such as `pscraper mock`.
    case mirror(String)
    /// A folder of sample lists, served on loopback for as long as the scrape takes.
    case samples(String)
    /// What an earlier scrape has recorded.
    case recording(String)

    /// Which kind of place it is, for what must not be mixed up between them.
    var kind: String {
        switch self {
        case .live: "live"
        case .mirror: "mirror"
        case .samples: "samples"
        case .recording: "recording"
        }
    }

    /// Where each provider's lists are published.
    public static func root(of provider: CloudProvider) -> String {
        switch provider {
        case .azure: AzureScraper.root
        case .googleCloud: GoogleCloudScraper.root
        default: "https://pricing.us-east-1.amazonaws.com"
        }
    }

    /// Opens the origin for as long as the body runs.
    ///
    /// - Parameters:
    ///   - provider: Whose lists.
    ///   - environment: Where the key of Google Cloud's catalog is looked up, for its own servers.
    ///   - recording: A folder that keeps what is read, to be read again with ``recording(_:)``.
    ///   - cache: A folder with copies of lists, of which only those that have changed are fetched.
    ///   - body: Reads from it.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws; `PriceProblem` where a key is missing; a fault of the samples' folder.
    func open<Result: Sendable>(
        for provider: CloudProvider, environment: [String: String], recordingTo recording: String?,
        cache: String? = nil, _ body: @escaping @Sendable (any PriceListOrigin) async throws -> Result
    ) async throws -> Result {
        switch self {
        case .live:
            let key = provider == .googleCloud ? try GoogleCloudScraper.keyHeader(environment: environment) : nil
            return try await Self.connect(Self.root(of: provider), key: key, recording, cache, body)
        case .mirror(let root):
            let key = provider == .googleCloud ? try? GoogleCloudScraper.keyHeader(environment: environment) : nil
            return try await Self.connect(root, key: key, recording, cache, body)
        case .samples(let folder):
            var configuration = PriceListServer.Configuration(folder: folder)
            configuration.providers = [provider]
            return try await PriceListServer.withServer(configuration) { server in
                // Its address is another one each time, so a copy would never be found again.
                try await Self.connect(server.url, key: nil, recording, nil, body)
            }
        case .recording(let folder):
            let client = try PriceListClient.replaying(folder)
            return try await body(HTTPPriceListOrigin(client, root: Self.root(of: provider)))
        }
    }

    private static func connect<Result>(
        _ root: String, key: SecretHeader?, _ recording: String?, _ cache: String?,
        _ body: (any PriceListOrigin) async throws -> Result
    ) async throws -> Result {
        let cache = cache.map { PriceListCache(path: $0) }
        return try await PriceListClient.withClient(cache: cache, recordingTo: recording) { client in
            try await body(HTTPPriceListOrigin(client, root: root, secretHeader: key))
        }
    }
}
