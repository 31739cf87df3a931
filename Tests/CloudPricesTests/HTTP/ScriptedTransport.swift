import CloudPrices
import Synchronization

/// A transport that gives prepared replies in turn and keeps what was asked.
final class ScriptedTransport: HTTPTransport {
    struct Reply: Sendable {
        var status = 200
        var headers: [HTTPHead.Header] = []
        var chunks: [[UInt8]] = []
        var failure: HTTPTransportError?
        var failsBeforeHead = false

        init(
            _ status: Int = 200, _ headers: [String: String] = [:], _ body: String = "",
            failure: HTTPTransportError? = nil
        ) {
            self.status = status
            self.headers = headers.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) }
            chunks = body.isEmpty ? [] : [Array(body.utf8)]
            self.failure = failure
        }

        static func unreachable(_ detail: String = "no route") -> Reply {
            var reply = Reply(failure: HTTPTransportError(detail))
            reply.failsBeforeHead = true
            return reply
        }
    }

    private let state: Mutex<(replies: [Reply], requests: [HTTPGet])>

    /// The last reply is given again when the others are used up.
    init(_ replies: [Reply]) { state = Mutex((replies, [])) }

    var requests: [HTTPGet] { state.withLock { $0.requests } }

    func headers(ofRequest index: Int) -> [String: String] {
        Dictionary(requests[index].headers.map { ($0.name, $0.value) }) { first, _ in first }
    }

    func get(_ request: HTTPGet, head: (HTTPHead) -> Bool, chunk: ([UInt8]) async throws -> Bool) async throws {
        let reply = state.withLock { state in
            state.requests.append(request)
            return state.replies.count > 1 ? state.replies.removeFirst() : state.replies[0]
        }
        if reply.failsBeforeHead, let failure = reply.failure { throw failure }
        guard head(HTTPHead(status: reply.status, headers: reply.headers)) else { return }
        for piece in reply.chunks {
            guard try await chunk(piece) else { return }
        }
        if let failure = reply.failure { throw failure }
    }
}

/// A clock that passes only by sleeping, which takes no time at all.
final class SleepingClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private let state = Mutex<(now: Instant, sleeps: [Duration])>((Instant(offset: .zero), []))

    var now: Instant { state.withLock { $0.now } }
    var minimumResolution: Duration { .zero }
    var sleeps: [Duration] { state.withLock { $0.sleeps } }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        state.withLock { state in
            state.sleeps.append(state.now.duration(to: deadline))
            state.now = deadline
        }
    }

    func pass(_ duration: Duration) { state.withLock { $0.now = $0.now.advanced(by: duration) } }
}

extension PriceListClient {
    /// A client whose waits take no time and leave nothing to chance.
    init(
        scripted transport: any HTTPTransport, clock: SleepingClock = SleepingClock(),
        retry: RetryPolicy = RetryPolicy(),
        limits: DownloadLimits = DownloadLimits(), cache: PriceListCache? = nil
    ) {
        self.init(
            transport: transport, retry: retry, limits: limits, cache: cache,
            environment: FetchEnvironment(
                clock: clock, now: { PriceInstant(microseconds: 1_700_000_000_000_000) }, random: { 0 }))
    }

    /// The body as text.
    func text(_ url: String, content: PriceListRequest.Content = .json) async throws -> String {
        String(decoding: try await fetchWhole(PriceListRequest(url, content: content)).1, as: UTF8.self)
    }
}
