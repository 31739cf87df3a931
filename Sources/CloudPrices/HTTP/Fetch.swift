import Foundation

/// One fetch under way: performs what the machine decides.
struct Fetch {
    private let request: PriceListRequest
    private let transport: any HTTPTransport
    private let environment: FetchEnvironment
    private let elapsed: () -> Duration
    private var machine: DownloadMachine
    private var url: String
    private var body: FetchedBody
    private let cache: PriceListCache?
    private let copy: PriceListCache.Copy?
    private var draft: PriceListCache.Draft?

    init(
        request: PriceListRequest, transport: any HTTPTransport, environment: FetchEnvironment,
        cache: PriceListCache?, copy: PriceListCache.Copy?, machine: DownloadMachine
    ) {
        self.request = request
        self.transport = transport
        self.environment = environment
        self.machine = machine
        self.cache = cache
        self.copy = copy
        elapsed = environment.stopwatch()
        url = request.url
        body = FetchedBody(content: request.content, limit: machine.limits.maximumExpandedBytes)
    }

    mutating func run(into consume: ([UInt8]) async throws -> Void) async throws -> FetchResult {
        while true {
            try Task.checkCancellation()
            let (ending, excerpt) = try await attempt(into: consume)
            try Task.checkCancellation()
            switch machine.ended(ending, excerpt: excerpt, random: environment.random()) {
            case .finished:
                try finishBody()
                draft?.keep(machine.validators, isGzip: body.isGzip)
                return result(isUnchanged: false)
            case .notModified:
                try await handOnCopy(into: consume)
                return result(isUnchanged: true)
            case .fail(let code, let detail): throw failure(code, detail)
            case .redirect(let target): url = try follow(target)
            case .again(let wait):
                guard elapsed() + wait < machine.limits.longestTime else { throw tooSlow() }
                try await environment.sleep(wait)
            }
        }
    }

    private func finishBody() throws(PriceListFetchError) {
        do throws(ContentSniffer.Fault) { try body.finish() } catch { throw failure(error.code, error.detail) }
    }

    /// Hands on the copy, of which the server has said that it holds.
    private mutating func handOnCopy(into consume: ([UInt8]) async throws -> Void) async throws {
        guard let copy else { return }
        body.start(isGzip: copy.isGzip)
        do {
            while let piece = try copy.next() {
                try Task.checkCancellation()
                try await expand(piece, into: consume)
            }
            try finishBody()
        } catch let error as PriceListFetchError {
            // It is damaged: the next fetch shall not find it.
            cache?.forget(request.url)
            throw error
        }
    }

    /// Sends one request and hands on what it brings.
    private mutating func attempt(
        into consume: ([UInt8]) async throws -> Void
    ) async throws -> (DownloadMachine.Ending, excerpt: String) {
        let get = HTTPGet(
            url: url, headers: machine.nextRequest() + [.init("user-agent", "sennit")],
            secretHeader: request.secretHeader, limits: machine.limits)
        var reading = DownloadMachine.Reading.nothing
        var excerpt: [UInt8] = []
        do {
            try await transport.get(get) { head in
                reading = machine.received(head, now: environment.now())
                if reading == .body {
                    body.start(isGzip: head.isGzip)
                    if draft == nil, machine.delivered == 0 { draft = cache?.draft(of: request.url) }
                }
                return reading != .nothing
            } chunk: { chunk in
                guard elapsed() < machine.limits.longestTime else { throw tooSlow() }
                if reading == .body {
                    try await take(chunk, into: consume)
                    return true
                }
                excerpt += chunk.prefix(1024 - excerpt.count)
                return excerpt.count < 1024
            }
            return (.complete, text(excerpt))
        } catch let error as HTTPTransportError {
            var shown = error
            shown.detail = redact(error.detail)
            return (.broken(shown), text(excerpt))
        }
    }

    private mutating func take(_ chunk: [UInt8], into consume: ([UInt8]) async throws -> Void) async throws {
        guard let known = machine.received(bytes: chunk.count) else {
            throw failure(.tooLarge, "more than \(machine.limits.maximumBytes) bytes came")
        }
        let fresh = known == 0 ? chunk : Array(chunk.dropFirst(known))
        draft?.write(fresh)
        try await expand(fresh, into: consume)
    }

    private mutating func expand(_ chunk: [UInt8], into consume: ([UInt8]) async throws -> Void) async throws {
        do {
            try await body.take(chunk, into: consume)
        } catch let fault as ContentSniffer.Fault {
            throw failure(fault.code, redact(fault.detail))
        }
    }

    private func result(isUnchanged: Bool) -> FetchResult {
        FetchResult(
            isUnchanged: isUnchanged, bytes: machine.delivered, expandedBytes: body.expandedBytes,
            requests: machine.requests, validators: machine.validators)
    }

    private func follow(_ target: String) throws -> String {
        guard let base = URL(string: url), let next = URL(string: target, relativeTo: base)?.absoluteURL else {
            throw failure(.badRedirect, "redirected to what is no address")
        }
        let isSameHost = (next.scheme, next.host, next.port) == (base.scheme, base.host, base.port)
        guard request.secretHeader == nil || isSameHost else {
            throw failure(.badRedirect, "redirected to another host, which shall not see the key")
        }
        guard next.scheme == base.scheme || next.scheme == "https" else {
            throw failure(.badRedirect, "redirected to an address without encryption")
        }
        return next.absoluteString
    }

    private func tooSlow() -> PriceListFetchError {
        failure(.tooSlow, "it took longer than \(machine.limits.longestTime)")
    }

    private func failure(_ code: PriceListFetchError.Code, _ detail: String) -> PriceListFetchError {
        PriceListFetchError(
            code: code, url: redact(request.url), detail: redact(detail), status: machine.lastStatus,
            attempts: machine.requests)
    }

    private func text(_ excerpt: [UInt8]) -> String { redact(ContentSniffer.excerpt(excerpt)) }

    private func redact(_ text: String) -> String { request.secretHeader?.redacting(text) ?? text }
}

/// The body of a list on its way to its consumer: gzip undone, its first bytes looked at, its size bounded.
struct FetchedBody {
    private(set) var expandedBytes: Int64 = 0
    private var sniffer: ContentSniffer
    private var inflater: GzipInflater?
    private var hasTaken = false
    private let limit: Int64

    /// Whether it came compressed.
    var isGzip: Bool { inflater != nil }

    init(content: PriceListRequest.Content, limit: Int64) {
        sniffer = ContentSniffer(content)
        self.limit = limit
    }

    /// Called with every reply that carries a part of the body; the one that brings the first byte decides whether it
    /// is gzip.
    mutating func start(isGzip: Bool) {
        guard !hasTaken else { return }
        inflater = isGzip ? try? GzipInflater() : nil
    }

    mutating func take(_ chunk: [UInt8], into consume: ([UInt8]) async throws -> Void) async throws {
        hasTaken = hasTaken || !chunk.isEmpty
        guard let inflater else {
            try await pass(chunk, into: consume)
            return
        }
        inflater.push(chunk)
        while let expanded = try next(inflater) { try await pass(expanded, into: consume) }
    }

    private func next(_ inflater: GzipInflater) throws(ContentSniffer.Fault) -> [UInt8]? {
        do throws(GzipInflater.Fault) {
            return try inflater.next()
        } catch {
            throw ContentSniffer.Fault(code: .badGzip, detail: error.detail)
        }
    }

    private mutating func pass(_ chunk: [UInt8], into consume: ([UInt8]) async throws -> Void) async throws {
        guard !chunk.isEmpty else { return }
        expandedBytes += Int64(chunk.count)
        guard expandedBytes <= limit else {
            throw ContentSniffer.Fault(code: .tooLarge, detail: "it expands to more than \(limit) bytes")
        }
        try sniffer.inspect(chunk)
        try await consume(chunk)
    }

    func finish() throws(ContentSniffer.Fault) {
        do throws(GzipInflater.Fault) {
            try inflater?.finish()
        } catch {
            throw ContentSniffer.Fault(code: .badGzip, detail: error.detail)
        }
        guard sniffer.hasSeenContent else {
            throw ContentSniffer.Fault(code: .wrongContent, detail: "the reply is empty")
        }
    }
}
