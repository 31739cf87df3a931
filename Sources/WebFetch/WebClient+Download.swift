/// What a download hands on.
public enum DownloadEvent: Sendable {
    /// The bytes start from zero. Comes again if the resource has changed meanwhile: what came before is void.
    case start(WebResponse)
    /// The bytes go on behind those of the ``PartialDownload`` that the caller has.
    case resume(WebResponse)
    /// The next bytes, as they crossed the wire.
    case bytes([UInt8])
}

/// How a download ended.
public struct WebDownload: Sendable {
    /// The last response.
    ///
    /// Its body has been read.
    public let response: WebResponse
    /// What is there now: the whole, if the response was a success.
    public let part: PartialDownload
    /// How many times the download was resumed behind its first byte.
    public let resumptionCount: Int

    /// The status: 200 or 206 for a download, 416 for a part that was the whole already, anything else for none.
    public var status: Int { response.status }
}

extension WebClient {
    /// Downloads a resource that may be large, over as many connections as it takes.
    ///
    /// A download that breaks off is resumed where it was, with `Range` and `If-Range`, as long as the server gives a
    /// strong entity tag; the caller does not notice. If the resource has changed, or the server has no such tag, the
    /// download starts from zero with another ``DownloadEvent/start(_:)``. A server that sends other bytes than were
    /// asked for is an error with code `rangeMismatch`: no byte is ever handed on at a wrong place.
    ///
    /// No compression is asked for unless ``WebRequest/decoding`` is `raw`, because ranges count the bytes of the wire.
    ///
    /// - Parameters:
    ///   - request: The request; a GET.
    ///   - part: What is there of an earlier download; ``WebFetchError`` does not hold it, so keep count of the bytes.
    ///   - receive: Takes each event before the next one is read. What it throws ends the download.
    /// - Returns: How it ended. A status that is not a success is a result without any event.
    /// - Throws: ``WebFetchError``; what `receive` throws; `CancellationError` when the task is cancelled.
    public func download(
        _ request: WebRequest, resuming part: PartialDownload? = nil,
        _ receive: (DownloadEvent) async throws -> Void
    ) async throws -> WebDownload {
        var request = request
        if request.decoding == .automatic { request.decoding = .identity }
        var download = Download(
            session: try FetchSession(request, client: self), plan: ResumePlan(part), client: self,
            url: request.shown(request.url))
        while true {
            if let result = try await download.attempt(receive) { return result }
        }
    }
}

/// A download under way.
private struct Download {
    var session: FetchSession
    var plan: ResumePlan
    let client: WebClient
    let url: String
    var resumptionCount = 0
    var restartCount = 0

    /// Sends one request and reads what comes.
    ///
    /// - Returns: How the download ended; nil if another attempt is due.
    mutating func attempt(_ receive: (DownloadEvent) async throws -> Void) async throws -> WebDownload? {
        let headers = plan.headers
        let arrival = try await session.respond(extra: headers)
        defer { client.finish(arrival) }
        let head = arrival.exchange.head
        let step = plan.take(head)
        switch step {
        case .start: try await receive(.start(arrival.response))
        case .resume:
            resumptionCount += 1
            client.count { $0.resumptions += 1 }
            if session.requestCount == 1 + arrival.response.redirects.count {
                try await receive(.resume(arrival.response))
            }
        case .other, .complete: return result(arrival)
        case .askAgain:
            restartCount += 1
            guard restartCount <= 2 else {
                throw error(.rangeMismatch, "the resource keeps changing its length")
            }
            return nil
        case .failure(let code, let detail): throw error(code, detail)
        }
        return try await read(arrival, receive)
    }

    private mutating func read(
        _ arrival: FetchSession.Arrival, _ receive: (DownloadEvent) async throws -> Void
    ) async throws -> WebDownload? {
        while true {
            let bytes: [UInt8]?
            do {
                bytes = try await arrival.response.body.next()
            } catch let error as WebFetchError {
                try await session.pauseOrThrow(error)
                return nil
            }
            guard let bytes else { break }
            let known = plan.take(bytes.count)
            guard known < bytes.count else { continue }
            session.progressed()
            try await receive(.bytes(known == 0 ? bytes : Array(bytes[known...])))
        }
        guard !plan.isComplete else { return result(arrival) }
        try await session.pauseOrThrow(error(.connectionClosed, "the body ended before its announced end"))
        return nil
    }

    private func result(_ arrival: FetchSession.Arrival) -> WebDownload {
        WebDownload(response: arrival.response, part: plan.part, resumptionCount: resumptionCount)
    }

    private func error(_ code: WebFetchError.Code, _ detail: String) -> WebFetchError {
        WebFetchError(code, url: url, phase: .body, detail: detail, requestCount: session.requestCount)
    }
}
