internal import Synchronization

/// The body of a response, decoded piece by piece as it is read.
///
/// At most a quarter of a megabyte waits for the reader; then the server is slowed down. One task reads a body, once.
public final class WebBody: AsyncSequence, Sendable {
    /// Some bytes; never none.
    public typealias Element = [UInt8]

    private let exchange: any WebExchange
    private let shownURL: String
    private let requestCount: Int
    private let state: Mutex<State>

    private struct State: ~Copyable {
        var decoder: BodyDecoder?
        var bounds: BodyBounds
        var wireByteCount: Int64 = 0
        var coding: BodyDecoder.Coding?
        var hasEnded = false
    }

    /// The most bytes that are decoded at once.
    private static let pieceSize = 64 << 10

    /// - Throws: ``WebFetchError`` if the head announces a body that is too large, or that cannot be decoded.
    init(
        _ exchange: any WebExchange, method: WebMethod, limits: WebLimits, decoding: WebRequest.Decoding,
        shownURL: String, requestCount: Int
    ) throws(WebFetchError) {
        self.exchange = exchange
        self.shownURL = shownURL
        self.requestCount = requestCount
        let bounds = BodyBounds(limits)
        // Without a body the head describes one that another request would get.
        guard method != .head, exchange.head.status != 304, exchange.head.status != 204 else {
            state = Mutex(State(bounds: bounds))
            return
        }
        let coding: BodyDecoder.Coding?
        do throws(BodyDecoder.Fault) {
            if case .raw = decoding { coding = nil } else { coding = try BodyDecoder.coding(exchange.head.headers) }
        } catch {
            throw Self.error(.decodingFailed, error.detail, shownURL, requestCount)
        }
        if decoding == .identity, coding != nil {
            throw Self.error(.decodingFailed, "the body is compressed, which was not asked for", shownURL, requestCount)
        }
        if let breach = bounds.judge(exchange.head, isDecoded: coding != nil) {
            throw Self.error(breach.code, breach.detail, shownURL, requestCount)
        }
        state = Mutex(State(bounds: bounds, coding: coding))
    }

    /// The next bytes; nil behind the last.
    ///
    /// - Throws: ``WebFetchError``; `CancellationError` within milliseconds of the task's cancellation.
    public func next() async throws -> [UInt8]? {
        while true {
            if let piece = try decoded() { return piece }
            guard !state.withLock({ $0.hasEnded }) else { return nil }
            let wire: [UInt8]?
            do {
                wire = try await exchange.next()
            } catch var error as WebFetchError {
                error.requestCount = requestCount
                throw error
            }
            if let piece = try take(wire) { return piece }
        }
    }

    /// Every byte that is left.
    ///
    /// - Throws: As ``next()``, and ``WebFetchError`` with code `bodyTooLarge` if there are too many.
    public func collect() async throws -> [UInt8] {
        guard var bytes = try await next() else { return [] }
        while let piece = try await next() { bytes += piece }
        return bytes
    }

    /// What the request took; nil until the body has ended.
    public var report: WebReport? { exchange.report }

    /// How many bytes were decoded so far.
    public var byteCount: Int64 { state.withLock { $0.bounds.decodedByteCount } }

    private func decoded() throws -> [UInt8]? {
        try judged { state throws(BodyDecoder.Fault) in try state.decoder?.next(atMost: Self.pieceSize) ?? nil }
    }

    /// Takes bytes from the wire, or its end.
    private func take(_ wire: [UInt8]?) throws -> [UInt8]? {
        try judged { state throws(BodyDecoder.Fault) in
            guard let wire else {
                state.hasEnded = true
                try state.decoder?.finish()
                return nil
            }
            state.wireByteCount += Int64(wire.count)
            guard let coding = state.coding else { return wire }
            if state.decoder == nil { state.decoder = try BodyDecoder(coding) }
            state.decoder?.take(wire)
            return nil
        }
    }

    /// Counts what a step gives against the limits; ends the exchange if one is passed.
    private func judged(
        _ step: (inout State) throws(BodyDecoder.Fault) -> [UInt8]?
    ) throws(WebFetchError) -> [UInt8]? {
        let result = state.withLock { state -> Result<[UInt8]?, WebFetchError> in
            do throws(BodyDecoder.Fault) {
                let piece = try step(&state)
                guard let breach = state.bounds.take(piece?.count ?? 0, wire: state.wireByteCount) else {
                    return .success(piece)
                }
                return .failure(Self.error(breach.code, breach.detail, shownURL, requestCount))
            } catch {
                return .failure(Self.error(.decodingFailed, error.detail, shownURL, requestCount))
            }
        }
        if case .failure = result { exchange.end() }
        return try result.get()
    }

    private static func error(
        _ code: WebFetchError.Code, _ detail: String, _ url: String, _ requestCount: Int
    ) -> WebFetchError {
        WebFetchError(code, url: url, phase: .body, detail: detail, requestCount: requestCount)
    }

    /// Reads the body.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let body: WebBody

        /// The next bytes; nil behind the last.
        public func next() async throws -> [UInt8]? { try await body.next() }
    }

    /// The iterator of the one task that reads the body.
    public func makeAsyncIterator() -> Iterator { Iterator(body: self) }
}
