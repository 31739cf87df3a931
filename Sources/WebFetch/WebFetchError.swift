/// Why a fetch failed.
///
/// A status is not a failure: a response with status 404 or 503 is a ``WebResponse``. Cancellation throws
/// `CancellationError`, whatever the fetch was doing.
public struct WebFetchError: Error, Sendable, Hashable {
    /// The kind of failure; more may be added.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The name of the kind.
        public let description: String

        /// The address is not an `http` or `https` address.
        public static let invalidURL = Code(description: "invalidURL")
        /// The request holds something that cannot be sent, such as a line feed in a header.
        public static let invalidRequest = Code(description: "invalidRequest")
        /// libcurl or libcrypto is not on this machine.
        public static let libraryMissing = Code(description: "libraryMissing")
        /// The name has no address, or it cannot be looked up.
        public static let nameNotFound = Code(description: "nameNotFound")
        /// The client's ``AddressPolicy`` refused every address of the host.
        public static let addressRefused = Code(description: "addressRefused")
        /// No connection to the host could be made.
        public static let connectionFailed = Code(description: "connectionFailed")
        /// The proxy cannot be reached or refused to connect.
        public static let proxyFailed = Code(description: "proxyFailed")
        /// The server's certificate is not trusted: another name, expired, or an unknown issuer.
        public static let certificateRejected = Code(description: "certificateRejected")
        /// The TLS handshake failed for another reason.
        public static let secureConnectionFailed = Code(description: "secureConnectionFailed")
        /// A limit of ``WebLimits`` on time passed; see ``WebFetchError/limit``.
        public static let timedOut = Code(description: "timedOut")
        /// The server closed the connection before its response was complete.
        public static let connectionClosed = Code(description: "connectionClosed")
        /// The server's bytes are not HTTP.
        public static let protocolViolation = Code(description: "protocolViolation")
        /// The head has more lines or bytes than are allowed.
        public static let headTooLarge = Code(description: "headTooLarge")
        /// The body has more bytes than are allowed, on the wire or decoded.
        public static let bodyTooLarge = Code(description: "bodyTooLarge")
        /// The body decodes to so many times its bytes on the wire that it must be an attack.
        public static let suspiciousCompression = Code(description: "suspiciousCompression")
        /// The body is not encoded as its head says, or is cut off within its encoding.
        public static let decodingFailed = Code(description: "decodingFailed")
        /// More redirects than are allowed, or one that leads back to where the fetch has been.
        public static let tooManyRedirects = Code(description: "tooManyRedirects")
        /// A redirect that the ``RedirectPolicy`` does not follow: to `http` from `https`, or to no address.
        public static let redirectRefused = Code(description: "redirectRefused")
        /// A partial response holds other bytes than were asked for.
        public static let rangeMismatch = Code(description: "rangeMismatch")
        /// A recording has no response for the request.
        public static let notRecorded = Code(description: "notRecorded")
        /// The client was closed, or has too many requests waiting.
        public static let clientUnavailable = Code(description: "clientUnavailable")
        /// The stream that gives the request's body failed.
        public static let uploadFailed = Code(description: "uploadFailed")
        /// libcurl failed for a reason of its own.
        public static let internalFailure = Code(description: "internalFailure")
    }

    /// What a fetch was doing.
    public enum Phase: String, Sendable, Hashable {
        /// Checking the request, or waiting for its turn.
        case preparing
        /// Looking up the host's name.
        case lookup
        /// Connecting to an address.
        case connect
        /// Setting up TLS.
        case secure
        /// Sending the request.
        case sending
        /// Waiting for the response's first byte.
        case waiting
        /// Reading the head.
        case head
        /// Reading the body.
        case body
    }

    /// A limit on time.
    public enum Limit: String, Sendable, Hashable {
        /// ``WebLimits/connect``.
        case connect
        /// ``WebLimits/firstByte``.
        case firstByte
        /// ``WebLimits/idle``.
        case idle
        /// ``WebLimits/whole``.
        case whole
        /// ``WebLimits/minimumBytesPerSecond``.
        case minimumRate
    }

    /// What lies below a failure: libcurl's code and what it said.
    public struct Cause: Sendable, Hashable {
        /// The number of libcurl's code.
        public var code: Int
        /// The words of libcurl or of the system.
        public var text: String

        /// Makes a cause.
        public init(code: Int, text: String) { (self.code, self.text) = (code, text) }
    }

    /// The kind of failure.
    public var code: Code
    /// The address that failed, without secrets: no user name, no password, no values of the query.
    public var url: String
    /// What the fetch was doing.
    public var phase: Phase
    /// The failure in one line.
    public var detail: String
    /// The limit that passed, if the code is `timedOut`.
    public var limit: Limit?
    /// What lies below it.
    public var cause: Cause?
    /// Whether no byte of the request was sent, so that sending it again can repeat no effect.
    public var isUnsent: Bool
    /// How many requests the fetch sent or tried to send, redirects and retries included.
    public var requestCount: Int

    /// Makes an error; most come from a ``WebClient``.
    public init(
        _ code: Code, url: String, phase: Phase, detail: String, limit: Limit? = nil, cause: Cause? = nil,
        isUnsent: Bool? = nil, requestCount: Int = 0
    ) {
        self.code = code
        self.url = url
        self.phase = phase
        self.detail = detail
        self.limit = limit
        self.cause = cause
        self.isUnsent = isUnsent ?? [.preparing, .lookup, .connect, .secure].contains(phase)
        self.requestCount = requestCount
    }
}

extension WebFetchError: CustomStringConvertible {
    /// The address, the failure, the phase and the kind, in one line.
    public var description: String {
        let place = url.isEmpty ? "" : "\(url): "
        let below = cause.map { $0.text.isEmpty ? "" : " (\($0.text))" } ?? ""
        let tries = requestCount > 1 ? " after \(requestCount) requests" : ""
        return "\(place)\(detail)\(below)\(tries) [\(code), \(phase.rawValue)]"
    }
}
