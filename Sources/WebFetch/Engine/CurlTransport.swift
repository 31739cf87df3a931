// Safety: the thread's context is a retained box, which the thread releases; the library's reasons are strings that
// stay.
internal import CCurl
internal import Synchronization

/// What an engine is told once.
struct EngineSettings: Sendable {
    var addresses: AddressPolicy
    var trust: TrustedCertificates
    var usesHTTP2: Bool
    var maximumRequests: Int
    var maximumRequestsPerOrigin: Int
    var maximumWaitingRequests: Int
    var maximumIdleConnections: Int
}

/// The network.
///
/// Its thread starts, and libcurl is loaded, with the first request.
final class CurlTransport: WebTransport {
    private let settings: EngineSettings
    private let proxies: ProxyChoice
    private let inbox = EngineInbox()
    private let state = Mutex(State())

    private struct State {
        var isStarted = false
        var hasEnded = false
        var closers: [CheckedContinuation<Void, Never>] = []
    }

    init(_ settings: EngineSettings, proxies: ProxyChoice) {
        self.settings = settings
        self.proxies = proxies
    }

    deinit { inbox.send(.stop) }

    func begin(_ call: WebCall) async throws -> any WebExchange {
        try Task.checkCancellation()
        let proxy = call.socketPath == nil ? try proxies.proxy(for: call.url) : nil
        if proxy != nil, settings.addresses.allowsBehindProxy(call.url) == false {
            throw WebFetchError(
                .addressRefused, url: call.shownURL, phase: .preparing, detail: "the address policy refuses the host")
        }
        try startThread(for: call)
        let transfer = Transfer(call, proxy: proxy, inbox: inbox)
        _ = try await transfer.begin()
        return transfer
    }

    func close() async {
        inbox.send(.stop)
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.isStarted, !state.hasEnded {
                    state.closers.append(continuation)
                    return false
                }
                // A thread that has not started will find the command.
                return true
            }
            if isOver { continuation.resume() }
        }
    }

    private func startThread(for call: WebCall) throws(WebFetchError) {
        let error = state.withLock { state -> Int32 in
            guard !state.isStarted else { return 0 }
            let start = Start(settings: settings, inbox: inbox) { [weak self] in self?.threadEnded() }
            let context = unsafe Unmanaged.passRetained(start).toOpaque()
            let error = unsafe sennit_thread_start(
                { context in
                    guard let context = unsafe context else { return }
                    unsafe Unmanaged<Start>.fromOpaque(context).takeRetainedValue().run()
                }, context)
            state.isStarted = error == 0
            if error != 0 { unsafe Unmanaged<Start>.fromOpaque(context).release() }
            return error
        }
        guard error == 0 else {
            throw WebFetchError(
                .internalFailure, url: call.shownURL, phase: .preparing, detail: "the system gives no thread",
                cause: WebFetchError.Cause(code: Int(error), text: ""))
        }
    }

    private func threadEnded() {
        let closers = state.withLock { state in
            defer { state.closers = [] }
            state.hasEnded = true
            return state.closers
        }
        for closer in closers { closer.resume() }
    }

    /// What the thread starts with.
    private final class Start: Sendable {
        let settings: EngineSettings
        let inbox: EngineInbox
        let hasEnded: @Sendable () -> Void

        init(settings: EngineSettings, inbox: EngineInbox, hasEnded: @escaping @Sendable () -> Void) {
            (self.settings, self.inbox, self.hasEnded) = (settings, inbox, hasEnded)
        }

        func run() {
            defer { hasEnded() }
            // Loading takes some milliseconds; here no task's thread waits for it.
            if let reason = unsafe sennit_curl_load() {
                let reason = unsafe String(cString: reason)
                return refuseAll(
                    .libraryMissing, "libcurl cannot be loaded; install the package libcurl4 (Debian): \(reason)")
            }
            guard let engine = CurlEngine(settings, inbox: inbox) else {
                return refuseAll(.internalFailure, "the system gives no poller")
            }
            engine.run()
        }

        private func refuseAll(_ code: WebFetchError.Code, _ detail: String) {
            inbox.refuseFromNowOn(code, detail)
        }
    }
}
