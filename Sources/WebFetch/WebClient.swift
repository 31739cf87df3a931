internal import Synchronization

/// Fetches over HTTP.
///
/// ```swift
/// let client = WebClient()
/// let document = try await client.collect(WebRequest("https://example.org/feed"))
/// ```
///
/// A client is cheap until its first request; then it has one thread of its own, and libcurl is loaded. It keeps
/// connections for later requests, so make one for each policy and not one for each request. When the last reference to
/// it is gone, its connections close; ``close()`` waits for that.
///
/// Redirects, retries, conditions and ranges are decided here, by pure values; a ``WebTransport`` carries each request.
public final class WebClient: Sendable {
    /// What the client does unless a request says otherwise.
    public let configuration: WebConfiguration
    let transport: any WebTransport
    let pace: Pace
    private let totals = Mutex(WebCounts())

    /// Makes a client for the network.
    public convenience init(_ configuration: WebConfiguration = WebConfiguration()) {
        let settings = EngineSettings(
            addresses: configuration.addresses, trust: configuration.trust, usesHTTP2: configuration.usesHTTP2,
            maximumRequests: max(configuration.maximumRequests, 1),
            maximumRequestsPerOrigin: max(configuration.maximumRequestsPerOrigin, 1),
            maximumWaitingRequests: max(configuration.maximumWaitingRequests, 1),
            maximumIdleConnections: max(configuration.maximumIdleConnections, 1))
        self.init(configuration, transport: CurlTransport(settings, proxies: configuration.proxy))
    }

    /// Makes a client of another transport, such as a ``RecordedTransport``.
    public convenience init(_ configuration: WebConfiguration = WebConfiguration(), transport: any WebTransport) {
        self.init(configuration, transport: transport, pace: .system)
    }

    package init(_ configuration: WebConfiguration, transport: any WebTransport, pace: Pace) {
        self.configuration = configuration
        self.transport = transport
        self.pace = pace
    }

    /// Runs `body` with a client whose connections are closed afterwards, whatever happens.
    ///
    /// - Throws: What `body` throws.
    public static func withClient<Result>(
        _ configuration: WebConfiguration = WebConfiguration(), _ body: (WebClient) async throws -> Result
    ) async throws -> Result {
        let client = WebClient(configuration)
        do {
            let result = try await body(client)
            await client.close()
            return result
        } catch {
            await client.close()
            throw error
        }
    }

    /// Ends what is under way and closes every connection; returns once that is done.
    ///
    /// Later requests fail.
    public func close() async { await transport.close() }

    /// Counts and times of everything that this client did so far.
    public var counts: WebCounts { totals.withLock { $0 } }

    /// Sends a request and reads its response.
    ///
    /// A request that fails before there is a response to hand on is sent again as the ``RetryPolicy`` says, and so is
    /// one that is answered with a status of temporary failure. Once `read` has begun, nothing is sent again.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - read: Reads the response. What it leaves of the body is dropped.
    /// - Returns: What `read` returns. Every status is a response: look at ``WebResponse/status``.
    /// - Throws: ``WebFetchError``; what `read` throws; `CancellationError` when the task is cancelled.
    public func fetch<Result>(
        _ request: WebRequest, _ read: (WebResponse) async throws -> Result
    ) async throws -> Result {
        var session = try FetchSession(request, client: self)
        let arrival = try await session.respond()
        defer { finish(arrival) }
        return try await read(arrival.response)
    }

    /// Sends a request and takes its whole body into memory, within ``WebLimits/maximumByteCount``.
    ///
    /// Unlike ``fetch(_:_:)`` it also sends a request again whose body broke off.
    ///
    /// - Throws: ``WebFetchError``; `CancellationError` when the task is cancelled.
    public func collect(_ request: WebRequest) async throws -> WebDocument {
        var session = try FetchSession(request, client: self)
        while true {
            let arrival = try await session.respond()
            defer { finish(arrival) }
            do {
                let bytes = try await arrival.response.body.collect()
                return WebDocument(response: arrival.response, bytes: bytes, report: arrival.exchange.report)
            } catch let error as WebFetchError {
                try await session.pauseOrThrow(error)
            }
        }
    }

    func finish(_ arrival: FetchSession.Arrival) {
        arrival.exchange.end()
        let (report, byteCount) = (arrival.exchange.report, arrival.response.body.byteCount)
        count { counts in
            counts.byteCount += byteCount
            if let report { counts.add(report) }
        }
    }

    func count(_ change: (inout WebCounts) -> Void) { totals.withLock { change(&$0) } }
}

/// What a client did so far: numbers for a program's metrics.
public struct WebCounts: Sendable, Hashable {
    /// Requests that were begun, with redirects and retries.
    public var requests = 0
    /// Responses whose head came.
    public var responses = 0
    /// Requests that failed before their head came.
    public var failures = 0
    /// Redirects that were followed.
    public var redirects = 0
    /// Requests that were sent again.
    public var retries = 0
    /// Downloads that were resumed behind their first byte.
    public var resumptions = 0
    /// Requests over a connection that had served another one.
    public var reusedConnections = 0
    /// Bytes of bodies as they crossed the wire, of responses that were read to their end.
    public var wireByteCount: Int64 = 0
    /// Bytes of bodies that were handed on.
    public var byteCount: Int64 = 0
    /// The time of all lookups.
    public var lookup: Duration = .zero
    /// The time of all TCP handshakes.
    public var connect: Duration = .zero
    /// The time of all TLS handshakes.
    public var secure: Duration = .zero
    /// The time of all waits for a first byte.
    public var firstByte: Duration = .zero

    mutating func add(_ report: WebReport) {
        wireByteCount += report.wireByteCount
        if report.isReusedConnection { reusedConnections += 1 }
        lookup += report.lookup
        connect += report.connect
        secure += report.secure
        firstByte += report.firstByte
    }
}
