/// One request, whole: what is sent, and what may be shown of it.
package struct HTTPGet: Sendable {
    package var url: String
    /// Headers that may be shown and recorded.
    package var headers: [HTTPHead.Header]
    package var secretHeader: SecretHeader?
    package var limits: DownloadLimits

    package init(
        url: String, headers: [HTTPHead.Header] = [], secretHeader: SecretHeader? = nil,
        limits: DownloadLimits = DownloadLimits()
    ) {
        self.url = url
        self.headers = headers
        self.secretHeader = secretHeader
        self.limits = limits
    }
}

/// What carries a request to a server, or to a recording of one.
package protocol HTTPTransport: Sendable {
    /// Sends a request and passes on its reply as it comes.
    ///
    /// No more of the body is read while `chunk` runs, so a slow reader slows the server down. Either closure returns
    /// whether to go on; what is left of the body is then dropped.
    ///
    /// Throws `HTTPTransportError` when the connection fails or breaks, `CancellationError` when the task is cancelled,
    /// and what `chunk` throws.
    func get(
        _ request: HTTPGet,
        head: (HTTPHead) -> Bool,
        chunk: ([UInt8]) async throws -> Bool
    ) async throws
}

/// The connection failed or broke.
package struct HTTPTransportError: Error, Equatable {
    /// What was seen, in a few words.
    package var detail: String
    /// Whether another attempt may fare better.
    package var mayPass: Bool
    /// The kind to report if no attempt does.
    package var code: PriceListFetchError.Code

    package init(_ detail: String, mayPass: Bool = true, code: PriceListFetchError.Code = .unavailable) {
        self.detail = detail
        self.mayPass = mayPass
        self.code = code
    }
}
