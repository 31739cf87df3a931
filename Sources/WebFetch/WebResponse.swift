/// A response whose body is still to be read.
public struct WebResponse: Sendable {
    /// The status.
    public let status: Int
    /// The headers, in the order and the case received.
    public let headers: WebHeaders
    /// The version of HTTP, such as "1.1" or "2".
    public let version: String
    /// The address that answered, behind every redirect.
    public let url: WebURL
    /// The redirects that led there, in their order.
    public let redirects: [WebRedirect]
    /// The body, decoded.
    public let body: WebBody
    let requestedURL: WebURL

    init(_ head: WebHead, requested: WebURL, answered: WebURL, redirects: [WebRedirect], body: WebBody) {
        status = head.status
        headers = head.headers
        version = head.version
        requestedURL = requested
        url = answered
        self.redirects = redirects
        self.body = body
    }

    /// Whether the status is from 200 to 299.
    public var isSuccess: Bool { (200..<300).contains(status) }

    /// Whether the caller's version, as ``WebRequest/known`` describes it, is still the present one.
    public var isNotModified: Bool { status == 304 }

    /// What tells this version from others; for ``WebRequest/known`` of a later request.
    public var validators: Validators { WebHead(status: status, headers: headers).validators }

    /// The address to ask from now on: where the redirects led that the server called permanent.
    ///
    /// It counts the permanent redirects before the first temporary one. It is ``url`` if all of them are permanent,
    /// and the requested address if there was none.
    public var permanentURL: WebURL { redirects.prefix(while: \.isPermanent).last?.target ?? requestedURL }

    /// The wait that the server asks for with `Retry-After`, whatever the status; nil if it asks for none.
    ///
    /// - Parameter now: The time in seconds since 1970.
    /// - Returns: The wait.
    public func retryAfter(secondsSince1970 now: Int64) -> Duration? {
        headers["retry-after"].flatMap { RetryAfter.wait($0, now: now) }
    }
}

/// A response with its whole body.
public struct WebDocument: Sendable {
    /// The status, the headers, and the way there.
    ///
    /// Its body has been read.
    public let response: WebResponse
    /// The body, decoded.
    public let bytes: [UInt8]
    /// What the last request took; nil from a recording.
    public let report: WebReport?

    /// The status.
    public var status: Int { response.status }
    /// The headers.
    public var headers: WebHeaders { response.headers }
    /// The body as text; bytes that are not UTF-8 are replaced.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}
