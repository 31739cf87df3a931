/// Carries requests to servers, or to a recording of them.
///
/// A transport sends one request and follows no redirect: policies are the business of ``WebClient``.
public protocol WebTransport: Sendable {
    /// Sends a request and waits for the head of its response.
    ///
    /// - Throws: ``WebFetchError``, or `CancellationError` within milliseconds of the task's cancellation.
    func begin(_ call: WebCall) async throws -> any WebExchange

    /// Ends everything that is under way and lets go of connections; returns once that is done.
    func close() async
}

/// One request as a transport sends it: redirects, retries and ranges are decided.
public struct WebCall: Sendable {
    /// The address.
    public var url: WebURL
    /// The address as errors may show it.
    public var shownURL: String
    /// Whether a recording must leave out the path.
    public var isPathSecret: Bool
    /// The method.
    public var method: WebMethod
    /// The headers that may be recorded.
    public var headers: WebHeaders
    /// The headers with secrets.
    public var secretHeaders: WebHeaders
    /// The body.
    public var upload: WebUpload?
    /// The limits.
    public var limits: WebLimits
    /// When the whole fetch must have ended.
    public var deadline: ContinuousClock.Instant
    /// A Unix socket to connect to.
    public var socketPath: String?
    /// Whether the request may be sent again without harm.
    public var isIdempotent: Bool
}

/// A response that is under way.
///
/// One task reads it. Whoever has begun an exchange ends it, with ``end()``.
public protocol WebExchange: Sendable {
    /// The head of the response.
    var head: WebHead { get }

    /// The next bytes of the body as they crossed the wire, still encoded; nil behind the last.
    ///
    /// - Throws: ``WebFetchError``, or `CancellationError`.
    func next() async throws -> [UInt8]?

    /// Says that no more will be read. Does nothing behind the last byte. Never blocks.
    func end()

    /// Counts and times; nil until the body has ended.
    var report: WebReport? { get }
}

/// What one request took, from its start to the last byte that was read.
public struct WebReport: Sendable, Hashable {
    /// The time of the name's lookup; zero on a reused connection.
    public var lookup: Duration = .zero
    /// The time of TCP's handshake; zero on a reused connection.
    public var connect: Duration = .zero
    /// The time of TLS's handshake; zero without TLS and on a reused connection.
    public var secure: Duration = .zero
    /// The time from the sent request to the response's first byte.
    public var firstByte: Duration = .zero
    /// The time from the start to the end.
    public var total: Duration = .zero
    /// The body's bytes as they crossed the wire.
    public var wireByteCount: Int64 = 0
    /// The bytes of the request's body that were sent.
    public var sentByteCount: Int64 = 0
    /// Whether the connection had served an earlier request.
    public var isReusedConnection = false
    /// The address that was connected to; empty for a Unix socket.
    public var remoteAddress = ""

    /// Makes an empty report.
    public init() {}
}
