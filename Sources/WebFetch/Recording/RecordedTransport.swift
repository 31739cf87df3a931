internal import Synchronization

/// One request and its response, as values that can be written to a file.
public struct RecordedExchange: Sendable, Hashable, Codable {
    /// The method.
    public var method: String
    /// The address, without user name and password; without its path if that is a secret.
    public var url: String
    /// The headers that were sent, without the secret ones.
    public var requestHeaders: WebHeaders
    /// The head of the response.
    public var head: WebHead
    /// The body as it crossed the wire, so still encoded.
    public var body: [UInt8]
    /// Whether the body came whole; a cut is replayed as one.
    public var isComplete: Bool

    /// Makes an exchange.
    public init(
        method: WebMethod = .get, url: String, requestHeaders: WebHeaders = [:], head: WebHead,
        body: [UInt8] = [], isComplete: Bool = true
    ) {
        self.method = method.description
        self.url = url
        self.requestHeaders = requestHeaders
        self.head = head
        self.body = body
        self.isComplete = isComplete
    }

    /// What a request is found by.
    struct Key: Hashable {
        var method: String
        var url: String
        /// A conditional request and one for a part have responses of their own.
        var range: String?
        var entityTag: String?
    }

    var key: Key {
        Key(
            method: method, url: url, range: requestHeaders["range"], entityTag: requestHeaders["if-none-match"])
    }
}

extension WebCall {
    /// The address as recordings have it.
    var recordedURL: String { isPathSecret ? shownURL : url.text }
}

/// Answers requests from values, without any network.
///
/// A request is found by its method, its address, and its headers `Range` and `If-None-Match`. Responses to the same
/// request are given in their order, and the last one again and again. A request that has no response is an error with
/// code `notRecorded`, which names what was asked.
public final class RecordedTransport: WebTransport {
    private let exchanges: [RecordedExchange.Key: [RecordedExchange]]
    private let state: Mutex<State>

    private struct State {
        var used: [RecordedExchange.Key: Int] = [:]
        var isClosed = false
    }

    /// Answers from these exchanges.
    public init(_ exchanges: [RecordedExchange]) {
        self.exchanges = Dictionary(grouping: exchanges, by: \.key)
        state = Mutex(State())
    }

    /// Gives the next response to a request.
    public func begin(_ call: WebCall) async throws -> any WebExchange {
        try Task.checkCancellation()
        let key = RecordedExchange(
            method: call.method, url: call.recordedURL, requestHeaders: call.headers, head: WebHead(status: 0)
        ).key
        let (index, isClosed) = state.withLock { state in
            defer { state.used[key, default: 0] += 1 }
            return (state.used[key, default: 0], state.isClosed)
        }
        guard !isClosed else {
            throw WebFetchError(
                .clientUnavailable, url: call.shownURL, phase: .preparing, detail: "the client was closed")
        }
        guard let answers = exchanges[key], let exchange = index < answers.count ? answers[index] : answers.last else {
            let asked = ["range", "if-none-match"].compactMap { name in call.headers[name].map { "\(name): \($0)" } }
            let detail = (["\(call.method) \(call.shownURL)"] + asked).joined(separator: ", ")
            throw WebFetchError(
                .notRecorded, url: call.shownURL, phase: .preparing,
                detail: "the recording has no response to \(detail)")
        }
        return Replay(exchange, shownURL: call.shownURL)
    }

    /// Refuses all later requests.
    public func close() async { state.withLock { $0.isClosed = true } }

    private final class Replay: WebExchange {
        private let exchange: RecordedExchange
        private let shownURL: String
        private let position = Mutex(0)

        init(_ exchange: RecordedExchange, shownURL: String) {
            self.exchange = exchange
            self.shownURL = shownURL
        }

        var head: WebHead { exchange.head }
        var report: WebReport? { nil }

        func next() async throws -> [UInt8]? {
            try Task.checkCancellation()
            let piece = position.withLock { position in
                let piece = exchange.body[position...].prefix(64 << 10)
                position += piece.count
                return piece
            }
            if !piece.isEmpty { return Array(piece) }
            guard exchange.isComplete else {
                throw WebFetchError(
                    .connectionClosed, url: shownURL, phase: .body, detail: "the recorded body was cut off here")
            }
            return nil
        }

        func end() {}
    }
}

/// Passes requests on and keeps what comes back, within a limit of bytes.
public final class RecordingTransport: WebTransport {
    private let wrapped: any WebTransport
    private let maximumByteCount: Int
    private let state = Mutex(State())

    private struct State {
        var exchanges: [RecordedExchange] = []
        var byteCount = 0
        var isOverfull = false
    }

    /// Records what another transport carries.
    public init(_ wrapped: any WebTransport, maximumByteCount: Int = 256 << 20) {
        self.wrapped = wrapped
        self.maximumByteCount = maximumByteCount
    }

    /// Records what a client for the network would carry.
    public convenience init(network configuration: WebConfiguration, maximumByteCount: Int = 256 << 20) {
        self.init(WebClient(configuration).transport, maximumByteCount: maximumByteCount)
    }

    /// Everything so far, in the order in which the requests were sent.
    public var exchanges: [RecordedExchange] { state.withLock { $0.exchanges } }

    /// Whether bodies were cut short because the recording had reached its limit.
    public var isOverfull: Bool { state.withLock { $0.isOverfull } }

    /// Passes a request on.
    public func begin(_ call: WebCall) async throws -> any WebExchange {
        let exchange = try await wrapped.begin(call)
        let index = state.withLock { state in
            state.exchanges.append(
                RecordedExchange(
                    method: call.method, url: call.recordedURL, requestHeaders: call.headers, head: exchange.head,
                    isComplete: false))
            return state.exchanges.count - 1
        }
        return Recording(exchange, of: self, at: index)
    }

    /// Closes the transport that carries.
    public func close() async { await wrapped.close() }

    private func keep(_ bytes: [UInt8]?, at index: Int) {
        state.withLock { state in
            guard let bytes else {
                state.exchanges[index].isComplete = !state.isOverfull
                return
            }
            guard state.byteCount + bytes.count <= maximumByteCount else {
                state.isOverfull = true
                return
            }
            state.byteCount += bytes.count
            state.exchanges[index].body += bytes
        }
    }

    private final class Recording: WebExchange {
        private let exchange: any WebExchange
        private let recorder: RecordingTransport
        private let index: Int

        init(_ exchange: any WebExchange, of recorder: RecordingTransport, at index: Int) {
            self.exchange = exchange
            self.recorder = recorder
            self.index = index
        }

        var head: WebHead { exchange.head }
        var report: WebReport? { exchange.report }

        func next() async throws -> [UInt8]? {
            let bytes = try await exchange.next()
            recorder.keep(bytes, at: index)
            return bytes
        }

        func end() { exchange.end() }
    }
}
