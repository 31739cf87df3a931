internal import CCurl
internal import Synchronization

/// One request between the task that reads its response and the thread that carries it.
///
/// The thread puts bytes in, the task takes them out. The lock is held for no call out, and there is one reader.
final class Transfer: WebExchange {
    let call: WebCall
    /// The proxy to go through.
    let proxy: WebURL?
    private let inbox: EngineInbox
    private let state: Mutex<State>

    /// Bytes that may wait for the reader; the server is slowed down beyond.
    static let highWater = 256 << 10

    private struct State {
        var head: WebHead?
        /// What the reader has not taken yet.
        var bytes: [UInt8] = []
        /// Whether the thread takes no more from the server until the reader has read.
        var isPaused = false
        var ending: Ending?
        var report: WebReport?
        /// Whether the reader has gone.
        var isAbandoned = false
        var reader: CheckedContinuation<Void, Never>?
        var feeder: Task<Void, Never>?
    }

    /// How a transfer ended.
    enum Ending {
        case complete
        case failed(WebFetchError)
    }

    /// The request's body on its way to the thread.
    let upload: UploadBuffer?

    init(_ call: WebCall, proxy: WebURL?, inbox: EngineInbox) {
        self.call = call
        self.proxy = proxy
        self.inbox = inbox
        upload = call.upload.map { UploadBuffer($0) }
        state = Mutex(State())
    }

    // MARK: The reader's side

    /// Starts the transfer and waits for the head.
    func begin() async throws -> WebHead {
        inbox.send(.start(self))
        startFeeding()
        while true {
            if let head = try state.withLock({ state throws -> WebHead? in
                if case .failed(let error)? = state.ending, state.head == nil { throw error }
                return state.head
            }) {
                return head
            }
            try await wait { $0.head != nil || $0.ending != nil }
        }
    }

    var head: WebHead { state.withLock { $0.head } ?? WebHead(status: 0) }
    var report: WebReport? { state.withLock { $0.report } }

    func next() async throws -> [UInt8]? {
        while true {
            try Task.checkCancellation()
            let (bytes, wasPaused, ending) = state.withLock { state in
                defer { state.isPaused = false }
                let bytes = state.bytes
                state.bytes = []
                return (bytes, state.isPaused, state.ending)
            }
            if wasPaused { inbox.send(.resume(self)) }
            if !bytes.isEmpty { return bytes }
            switch ending {
            case .complete?: return nil
            case .failed(let error)?: throw error
            case nil: try await wait { !$0.bytes.isEmpty || $0.ending != nil }
            }
        }
    }

    func end() {
        let isOver = state.withLock { state in
            state.feeder?.cancel()
            return state.ending != nil || state.isAbandoned
        }
        if !isOver { inbox.send(.discard(self)) }
    }

    /// Waits until something is there to read.
    ///
    /// - Throws: `CancellationError`, at once, without waiting for the thread.
    private func wait(until isReady: @Sendable (borrowing State) -> Bool) async throws {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    if state.isAbandoned || isReady(state) { return true }
                    precondition(state.reader == nil, "one task reads a response")
                    state.reader = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            abandon()
        }
        try Task.checkCancellation()
    }

    private func abandon() {
        let (reader, isOver) = state.withLock { state in
            defer { state.reader = nil }
            state.isAbandoned = true
            state.feeder?.cancel()
            return (state.reader, state.ending != nil)
        }
        reader?.resume()
        if !isOver { inbox.send(.abandon(self)) }
    }

    private func startFeeding() {
        guard let upload, upload.isStream else { return }
        let feeder = Task { [inbox] in await upload.feed { inbox.send(.feed(self)) } }
        let isOver = state.withLock { state in
            state.feeder = feeder
            return state.isAbandoned || state.ending != nil
        }
        if isOver { feeder.cancel() }
    }

    // MARK: The thread's side

    func received(_ head: WebHead) { state.withLock { $0.head = head } }

    /// Takes bytes of the body, unless so many wait that the server must be slowed down.
    ///
    /// - Returns: Whether they were taken.
    func received(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        // Safety: the bytes are copied within the call that lends them.
        state.withLock { state in
            guard state.bytes.count < Self.highWater else {
                state.isPaused = true
                return false
            }
            unsafe state.bytes.append(contentsOf: bytes)
            return true
        }
    }

    func ended(_ ending: Ending, report: WebReport) {
        state.withLock { state in
            state.feeder?.cancel()
            if state.ending == nil { state.ending = ending }
            state.report = report
        }
    }

    /// Lets the reader look again.
    func wakeReader() {
        let reader = state.withLock { state in
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume()
    }

    /// Whether the reader has room for more.
    var isPaused: Bool { state.withLock { $0.isPaused } }
}
