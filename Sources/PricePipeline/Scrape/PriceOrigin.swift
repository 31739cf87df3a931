import ByteText
public import CloudPrices
import Foundation
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
    ///   - environment: Where the key of Google Cloud's catalog is looked up. It goes to Google's own servers, and to a
    ///     mirror only over https or on this machine.
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
            let key = Self.key(of: provider, forMirror: root, environment: environment)
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
            // Written by whoever recorded from another server than the provider's.
            let root = try? String(contentsOfFile: folder + Self.rootFile, encoding: .utf8)
            return try await body(HTTPPriceListOrigin(client, root: root ?? Self.root(of: provider)))
        }
    }

    /// The key that a mirror is sent, which may do without; none where others could read it on its way.
    package static func key(
        of provider: CloudProvider, forMirror root: String, environment: [String: String]
    ) -> SecretHeader? {
        guard provider == .googleCloud, isPrivate(root) else { return nil }
        return try? GoogleCloudScraper.keyHeader(environment: environment)
    }

    /// Whether what is sent to an address is encrypted, or does not leave this machine.
    private static func isPrivate(_ root: String) -> Bool {
        guard let address = URLComponents(string: root), let host = address.host?.lowercased() else { return false }
        if address.scheme?.lowercased() == "https" { return true }
        let numbers = host.bytes.parts(at: ".").map { UInt8($0.text) }
        let isLoopback = numbers.count == 4 && numbers[0] == 127 && !numbers.contains(nil)
        return isLoopback || ["localhost", "::1", "[::1]"].contains(host)
    }

    /// Where a recording says what it was recorded from.
    private static let rootFile = "/root.txt"

    private static func keepRoot(_ root: String, in recording: String) throws {
        do {
            try root.write(toFile: recording + rootFile, atomically: true, encoding: .utf8)
        } catch {
            throw PriceProblem(
                .outputFailed, "what was read cannot be recorded: \((error as NSError).localizedDescription)",
                source: recording, advice: "Record into an empty folder that can be written.")
        }
    }

    private static func connect<Result>(
        _ root: String, key: SecretHeader?, _ recording: String?, _ cache: String?,
        _ body: (any PriceListOrigin) async throws -> Result
    ) async throws -> Result {
        let cache = cache.map { PriceListCache(path: $0) }
        return try await PriceListClient.withClient(cache: cache, recordingTo: recording) { client in
            if let recording { try keepRoot(root, in: recording) }
            return try await body(HTTPPriceListOrigin(client, root: root, secretHeader: key))
        }
    }
}
