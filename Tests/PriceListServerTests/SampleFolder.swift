import CloudPrices
import Foundation
import PriceListServer

/// The samples at the root of the repository.
let sampleFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Samples").path

/// Runs a server of the samples with a client of it.
func withSamples<Result: Sendable>(
    _ change: (inout PriceListServer.Configuration) -> Void = { _ in },
    _ body: @escaping @Sendable (PriceListServer, PriceListClient) async throws -> Result
) async throws -> Result {
    var configuration = PriceListServer.Configuration(folder: sampleFolder)
    change(&configuration)
    return try await PriceListServer.withServer(configuration) { server in
        var policy = RetryPolicy()
        policy.firstDelay = .milliseconds(1)
        return try await PriceListClient.withClient(retry: policy) { try await body(server, $0) }
    }
}

extension PriceListClient {
    func data(_ url: String, content: PriceListRequest.Content = .json, key: String? = nil) async throws -> Data {
        let secret = key.map { SecretHeader(name: "X-Goog-Api-Key", value: $0) }
        return Data(try await fetchWhole(PriceListRequest(url, content: content, secretHeader: secret)).1)
    }
}
