/// What to do about one download: when to ask again, from which byte, and when to give up.
///
/// Pure: events in, decisions out; no clock, no connection. Bytes are counted as they cross the wire, before gzip is
/// undone, because ranges count those.
struct DownloadMachine {
    let retry: RetryPolicy
    let limits: DownloadLimits
    /// What tells the version of which there is a copy; sent until the first byte has come.
    let known: Validators?

    /// How many bytes were handed on.
    private(set) var delivered: Int64 = 0
    /// How many requests were sent.
    private(set) var requests = 0
    /// What the server said of the version that is being read.
    private(set) var validators = Validators()
    private(set) var lastStatus: Int?
    private var toSkip: Int64 = 0
    private var total: Int64?
    private var failuresInARow = 0
    private var resumes = 0
    private var redirects = 0
    private var reply = Reply.none

    private enum Reply: Equatable {
        case none, body, notModified
        case retryable(status: Int, retryAfter: Duration?)
        case redirect(String)
        case fault(PriceListFetchError.Code, String)
    }

    /// What to read of a reply.
    enum Reading: Equatable { case body, excerpt, nothing }

    /// How a reply ended.
    enum Ending: Equatable {
        /// Whole, or as much of it as was asked for.
        case complete
        /// The connection failed or broke.
        case broken(HTTPTransportError)
    }

    /// What to do next.
    enum Step: Equatable {
        case finished, notModified
        case again(after: Duration)
        case redirect(String)
        case fail(PriceListFetchError.Code, String)
    }

    init(retry: RetryPolicy, limits: DownloadLimits, known: Validators? = nil) {
        self.retry = retry
        self.limits = limits
        self.known = known
    }

    /// The headers of the next request.
    mutating func nextRequest() -> [HTTPHead.Header] {
        requests += 1
        reply = .none
        var headers = [HTTPHead.Header("accept-encoding", "gzip")]
        if delivered > 0 {
            headers.append(.init("range", "bytes=\(delivered)-"))
            if let condition = validators.rangeCondition { headers.append(.init("if-range", condition)) }
        } else if let known {
            if let tag = known.entityTag { headers.append(.init("if-none-match", tag)) }
            if let time = known.lastModified { headers.append(.init("if-modified-since", time)) }
        }
        return headers
    }

    mutating func received(_ head: HTTPHead, now: PriceInstant) -> Reading {
        lastStatus = head.status
        reply = judge(head, now: now)
        switch reply {
        case .body: return .body
        case .retryable, .fault(.refused, _): return .excerpt
        default: return .nothing
        }
    }

    private mutating func judge(_ head: HTTPHead, now: PriceInstant) -> Reply {
        switch head.status {
        case 200: return whole(head)
        case 206: return part(head)
        case 304 where known != nil && delivered == 0: return .notModified
        case 301, 302, 303, 307, 308:
            guard let location = head["location"] else { return .fault(.badRedirect, "a redirect to nowhere") }
            return .redirect(location)
        case 408, 425, 429, 500, 502, 503, 504:
            let wait = head["retry-after"].flatMap { RetryAfter.duration($0, now: now) }
            return .retryable(status: head.status, retryAfter: wait)
        case 416 where delivered > 0:
            return .fault(.changedMeanwhile, "the list is shorter than what was already read")
        default: return .fault(.refused, "the server refused with status \(head.status)")
        }
    }

    private mutating func whole(_ head: HTTPHead) -> Reply {
        guard delivered == 0 else {
            // The server ignored the range, or the list has changed. Equal validators promise equal bytes.
            guard validators.rangeCondition != nil, head.validators.rangeCondition == validators.rangeCondition else {
                return .fault(.changedMeanwhile, "the list changed while it was read")
            }
            toSkip = delivered
            return .body
        }
        do throws(ContentSniffer.Fault) {
            try ContentSniffer.judge(mediaType: head.mediaType)
        } catch {
            return .fault(error.code, error.detail)
        }
        validators = head.validators
        total = head.contentLength
        if let total, total > limits.maximumBytes { return .fault(.tooLarge, tooLargeText(total)) }
        toSkip = 0
        return .body
    }

    private mutating func part(_ head: HTTPHead) -> Reply {
        guard delivered > 0 else { return .fault(.refused, "the server sent a part of a list unasked") }
        guard let range = head.contentRange, range.start == delivered,
            total == nil || range.total == nil || range.total == total
        else { return .fault(.changedMeanwhile, "the server sent another part than was asked for") }
        let other = head.validators.rangeCondition
        guard other == nil || other == validators.rangeCondition else {
            return .fault(.changedMeanwhile, "the list changed while it was read")
        }
        total = total ?? range.total
        toSkip = 0
        return .body
    }

    /// Takes so many bytes of a body.
    ///
    /// - Returns: how many of them at the start are known already, or `nil` when the limit is passed.
    mutating func received(bytes count: Int) -> Int? {
        let skipped = Int(min(toSkip, Int64(count)))
        toSkip -= Int64(skipped)
        delivered += Int64(count - skipped)
        if count > skipped { failuresInARow = 0 }
        return delivered > limits.maximumBytes ? nil : skipped
    }

    /// Decides what comes after a reply.
    mutating func ended(_ ending: Ending, excerpt: String = "", random: Double) -> Step {
        let said = excerpt.isEmpty ? "" : ": \(excerpt)"
        switch (reply, ending) {
        case (.fault(let code, let detail), _): return .fail(code, detail + said)
        case (.notModified, _): return .notModified
        case (.redirect(let target), _):
            redirects += 1
            guard redirects <= retry.maximumRedirects else {
                return .fail(.badRedirect, "more than \(retry.maximumRedirects) redirects")
            }
            return .redirect(target)
        case (.retryable(let status, let wait), _):
            let code: PriceListFetchError.Code = status == 429 ? .throttled : .unavailable
            return tryAgain(code, "the server answered \(status)\(said)", retryAfter: wait, random: random)
        case (.body, .complete):
            guard let total, delivered < total else { return .finished }
            return broken("the body ended \(total - delivered) bytes early", .cutOff, random: random)
        case (.body, .broken(let error)): return broken(error.detail, .cutOff, random: random)
        case (.none, .broken(let error)):
            guard error.mayPass else { return .fail(error.code, error.detail) }
            return tryAgain(error.code, error.detail, retryAfter: nil, random: random)
        case (.none, .complete): return tryAgain(.unavailable, "no reply", retryAfter: nil, random: random)
        }
    }

    private mutating func broken(_ detail: String, _ code: PriceListFetchError.Code, random: Double) -> Step {
        resumes += 1
        guard resumes <= retry.maximumResumes else {
            return .fail(code, "\(detail); the connection broke \(resumes) times")
        }
        if delivered > 0, validators.rangeCondition == nil {
            return .fail(code, "\(detail); the server gives no validator to go on safely by")
        }
        return tryAgain(code, detail, retryAfter: nil, random: random)
    }

    private mutating func tryAgain(
        _ code: PriceListFetchError.Code, _ detail: String, retryAfter: Duration?, random: Double
    ) -> Step {
        failuresInARow += 1
        guard failuresInARow < retry.maximumAttempts else { return .fail(code, detail) }
        guard let wait = retry.delay(afterFailures: failuresInARow, retryAfter: retryAfter, random: random) else {
            return .fail(code, "\(detail); it asks for a wait longer than is allowed")
        }
        return .again(after: wait)
    }

    private func tooLargeText(_ size: Int64) -> String {
        "the list has \(size) bytes; at most \(limits.maximumBytes) are allowed"
    }
}
