import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NetworkFailure

/// Sends requests over the network.
package struct NetworkTransport: HTTPTransport {
    private let client: HTTPClient

    /// Runs `body` with a transport whose connections are closed afterwards, whatever happens.
    package static func withTransport<Result>(
        limits: DownloadLimits = DownloadLimits(), _ body: (NetworkTransport) async throws -> Result
    ) async throws -> Result {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .init(limits.longestConnect), read: .init(limits.longestSilence)),
            decompression: .disabled)
        configuration.httpVersion = .automatic
        // Trying again is for the download to decide, which also tells when it gives up.
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let result = try await body(NetworkTransport(client: client))
            try await client.shutdown()
            return result
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    package func get(
        _ request: HTTPGet,
        head: (HTTPHead) -> Bool,
        chunk: ([UInt8]) async throws -> Bool
    ) async throws {
        var message = HTTPClientRequest(url: request.url)
        for header in request.headers { message.headers.add(name: header.name, value: header.value) }
        if let secret = request.secretHeader { message.headers.add(name: secret.name, value: secret.value) }
        let response: HTTPClientResponse
        do {
            response = try await client.execute(message, timeout: .init(request.limits.longestSilence))
        } catch {
            throw Self.failure(error)
        }
        let headers = response.headers.map { HTTPHead.Header($0.name, $0.value) }
        guard head(HTTPHead(status: Int(response.status.code), headers: headers)) else { return }
        var pieces = response.body.makeAsyncIterator()
        while true {
            let piece: ByteBuffer?
            do {
                piece = try await pieces.next(isolation: #isolation)
            } catch {
                throw Self.failure(error)
            }
            try Task.checkCancellation()
            guard let piece else { return }
            guard try await chunk(Array(piece.readableBytesView)) else { return }
        }
    }

    private static func failure(_ error: any Error) -> any Error {
        if Task.isCancelled || error is CancellationError { return CancellationError() }
        switch error as? HTTPClientError {
        case .cancelled?: return CancellationError()
        case .invalidURL?, .emptyHost?, .emptyScheme?, .missingSocketPath?:
            return HTTPTransportError("the address is not one of the web", mayPass: false, code: .badAddress)
        default: return HTTPTransportError(NetworkFailure.clause(error))
        }
    }
}

extension TimeAmount {
    fileprivate init(_ duration: Duration) {
        let parts = duration.components
        self = .seconds(parts.seconds) + .nanoseconds(parts.attoseconds / 1_000_000_000)
    }
}

extension PriceListClient {
    /// Runs `body` with a client for the network, and closes every connection afterwards, whatever happens.
    ///
    /// A recording is of whole replies, so no copies are used while one is made.
    /// - Throws: what `body` throws; `PriceProblem` with code `outputFailed` if a recording cannot be written.
    public static func withClient<Result>(
        retry: RetryPolicy = RetryPolicy(),
        limits: DownloadLimits = DownloadLimits(),
        cache: PriceListCache? = nil,
        recordingTo folder: String? = nil,
        _ body: (PriceListClient) async throws -> Result
    ) async throws -> Result {
        try await NetworkTransport.withTransport(limits: limits) { network in
            let transport: any HTTPTransport
            if let folder {
                transport = try RecordingTransport(network, folder: folder)
            } else {
                transport = network
            }
            return try await body(
                PriceListClient(
                    transport: transport, retry: retry, limits: limits, cache: folder == nil ? cache : nil))
        }
    }

    /// Makes a client that answers from what `recordingTo` wrote, without any network.
    ///
    /// - Throws: `PriceProblem` with code `inputFailed` if the folder cannot be read.
    public static func replaying(_ folder: String) throws -> PriceListClient {
        do {
            return PriceListClient(transport: try ReplayTransport(folder: folder))
        } catch {
            throw PriceProblem(
                .inputFailed, "the recording cannot be read", source: folder,
                advice: "Check the path; a scrape that records makes one.")
        }
    }
}
