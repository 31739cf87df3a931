internal import ByteText

/// A method of HTTP.
public struct WebMethod: Sendable, Hashable, CustomStringConvertible {
    /// The method as it is sent.
    public let description: String

    /// Makes a method of its name; nil unless it is a token of ASCII letters, digits, `-` and `_`.
    public init?(_ name: String) {
        guard (1...32).contains(name.utf8.count), name.bytes.isMade(ofLettersDigitsAnd: "-_") else { return nil }
        description = name
    }

    private init(known name: String) { description = name }

    /// `GET`.
    public static let get = WebMethod(known: "GET")
    /// `HEAD`.
    public static let head = WebMethod(known: "HEAD")
    /// `POST`.
    public static let post = WebMethod(known: "POST")
    /// `PUT`.
    public static let put = WebMethod(known: "PUT")
    /// `DELETE`.
    public static let delete = WebMethod(known: "DELETE")

    /// Whether sending a request of this method twice has the effect of sending it once.
    public var isIdempotent: Bool { ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"].contains(description) }
}

/// The body of a request.
public struct WebUpload: Sendable {
    enum Kind: Sendable {
        case bytes([UInt8])
        case stream(length: Int64?, open: @Sendable () async throws -> Source)
    }

    /// Gives the next piece of a body, and nil behind the last; an empty piece is passed over.
    public typealias Source = @Sendable () async throws -> [UInt8]?

    let kind: Kind

    /// A body that is in memory.
    public static func bytes(_ bytes: [UInt8]) -> WebUpload { WebUpload(kind: .bytes(bytes)) }

    /// A body that is read while it is sent.
    ///
    /// - Parameters:
    ///   - length: How many bytes it has; nil if that is not known, then it is sent in chunks.
    ///   - open: Starts to read it from its beginning; called again for a retry and for a redirect that keeps it.
    /// - Returns: The body.
    public static func stream(
        length: Int64?, open: @escaping @Sendable () async throws -> Source
    ) -> WebUpload {
        WebUpload(kind: .stream(length: length, open: open))
    }

    /// How many bytes it has, if that is known.
    var length: Int64? {
        switch kind {
        case .bytes(let bytes): Int64(bytes.count)
        case .stream(let length, _): length
        }
    }
}

/// One request: what is asked of which address, within which limits.
public struct WebRequest: Sendable {
    /// How the body of the response is decoded.
    public enum Decoding: Sendable, Hashable {
        /// Compression is asked for and undone.
        case automatic
        /// No compression is asked for. One that the server applies nonetheless is an error.
        case identity
        /// The encodings of this `Accept-Encoding` are asked for, and the bytes are handed on as they come.
        case raw(accept: String)
    }

    /// The address.
    public var url: WebURL
    /// The method.
    public var method: WebMethod = .get
    /// The headers that may be shown and recorded.
    public var headers: WebHeaders = [:]
    /// Headers with secrets: never shown, never recorded, never sent to another origin.
    public var secretHeaders: WebHeaders = [:]
    /// The body.
    public var upload: WebUpload?
    /// What tells the version that the caller has; the response is 304 if there is no other.
    public var known = Validators()
    /// How the response's body is decoded.
    public var decoding = Decoding.automatic
    /// The limits; nil for the client's.
    public var limits: WebLimits?
    /// Which redirects are followed; nil for the client's choice.
    public var redirects: RedirectPolicy?
    /// How often the request is tried; nil for the client's choice.
    public var retry: RetryPolicy?
    /// A Unix socket to connect to in place of the host; the host is still named in the request.
    public var socketPath: String?
    /// Whether sending the request twice has the effect of sending it once; nil for what the method says.
    public var isIdempotent: Bool?
    /// Whether the address is a secret beyond its origin, as that of a webhook; then no error shows its path.
    public var isPathSecret = false

    /// Makes a GET.
    public init(_ url: WebURL) { self.url = url }

    /// Makes a GET of an address in text.
    ///
    /// - Throws: ``WebFetchError`` with code `invalidURL` if it is not an `http` or `https` address.
    public init(_ url: String) throws(WebFetchError) { self.url = try WebURL(url) }

    /// The address as errors and reports may show it.
    package func shown(_ url: WebURL) -> String { isPathSecret ? "\(url.origin)/…" : url.description }

    /// Why the request cannot be sent, or nil.
    package var problem: String? {
        if let problem = headers.problem ?? secretHeaders.problem { return problem }
        if let path = socketPath, path.isEmpty || path.utf8.count > 100 || path.utf8.contains(0) {
            return "the path of the Unix socket is empty or longer than 100 bytes"
        }
        if case .raw(let accept) = decoding, WebHeaders([.init("accept-encoding", accept)]).problem != nil {
            return "the accepted encodings hold a control character"
        }
        if let length = upload?.length, length < 0 { return "the body's length is negative" }
        if upload != nil, method == .get || method == .head { return "\(method) has no body" }
        return nil
    }
}
