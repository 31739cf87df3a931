import Foundation

/// A body on its way from the network to a parser that blocks its thread.
///
/// The fetch runs elsewhere and stops as soon as a few pieces wait here; the parser's thread sleeps while none does. So
/// memory is constant, and gzip is undone on one core while the other parses. When the source goes away, or the
/// parser's task is cancelled, the connection is closed.
final class HTTPByteSource: ByteSource {
    let name: String
    private let pieces: PieceQueue
    private let fetch: Task<Void, Never>
    private var piece: [UInt8] = []
    private var position = 0

    init(name: String, pieces: PieceQueue, fetch: Task<Void, Never>) {
        self.name = name
        self.pieces = pieces
        self.fetch = fetch
    }

    deinit {
        fetch.cancel()
        pieces.abandon()
    }

    func read(into buffer: inout MutableSpan<UInt8>) throws(PriceProblem) -> Int {
        while position == piece.count {
            guard let next = try pieces.take() else { return 0 }
            piece = next
            position = 0
        }
        let count = min(buffer.count, piece.count - position)
        // Safety: both buffers are used only inside the call, and have `count` bytes from where they are used.
        unsafe buffer.withUnsafeMutableBufferPointer { target in
            unsafe piece.withUnsafeBufferPointer { source in
                guard let to = target.baseAddress, let from = source.baseAddress else { return }
                unsafe to.update(from: from + position, count: count)
            }
        }
        position += count
        return count
    }
}

/// A few pieces of a body between the fetch, which waits without a thread, and the parser, which waits on its own.
///
/// The condition's lock guards every property. A continuation is resumed outside the lock.
final class PieceQueue: @unchecked Sendable {  // The condition's lock guards every property.
    private let condition = NSCondition()
    private var pieces: [[UInt8]] = []
    private var waiting = 0
    private var ending: Result<Void, PriceProblem>?
    private var isAbandoned = false
    private var producer: CheckedContinuation<Void, Never>?
    private var starter: CheckedContinuation<Void, Never>?

    /// The fetch pauses when so many bytes wait.
    private static let highWater = 1 << 20
    /// How often a parser that waits looks whether its task was cancelled.
    private static let cancellationInterval = 0.05

    /// Adds a piece and waits until there is room for the next.
    ///
    /// - Throws: `CancellationError` when nobody will read it.
    func put(_ piece: [UInt8]) async throws {
        var resumed: CheckedContinuation<Void, Never>?
        let mustWait = condition.withLock {
            pieces.append(piece)
            waiting += piece.count
            (resumed, starter) = (starter, nil)
            condition.signal()
            return waiting >= Self.highWater && !isAbandoned
        }
        resumed?.resume()
        if mustWait { await waitForRoom() }
        if condition.withLock({ isAbandoned }) { throw CancellationError() }
    }

    private func waitForRoom() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = condition.withLock {
                    guard waiting >= Self.highWater, !isAbandoned else { return true }
                    producer = continuation
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            abandon()
        }
    }

    /// Says that nothing follows.
    func end(_ result: Result<Void, PriceProblem>) {
        var resumed: CheckedContinuation<Void, Never>?
        condition.withLock {
            ending = ending ?? result
            (resumed, starter) = (starter, nil)
            condition.broadcast()
        }
        resumed?.resume()
    }

    /// Waits until the first piece has come, or the end, or a failure before either: that is thrown.
    func started() async throws(PriceProblem) {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = condition.withLock {
                    guard pieces.isEmpty, ending == nil, !isAbandoned else { return true }
                    starter = continuation
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            abandon()
        }
        let failure = condition.withLock { pieces.isEmpty ? ending : nil }
        if case .failure(let problem) = failure { throw problem }
    }

    /// Takes the next piece and blocks until there is one; `nil` at the end.
    func take() throws(PriceProblem) -> [UInt8]? {
        var resumed: CheckedContinuation<Void, Never>?
        let outcome: Result<[UInt8]?, PriceProblem> = condition.withLock {
            while pieces.isEmpty, ending == nil, !isAbandoned {
                if Task.isCancelled { return .failure(Self.cancelled) }
                _ = condition.wait(until: Date(timeIntervalSinceNow: Self.cancellationInterval))
            }
            guard !pieces.isEmpty else {
                if case .failure(let problem)? = ending { return .failure(problem) }
                return ending == nil ? .failure(Self.cancelled) : .success(nil)
            }
            let piece = pieces.removeFirst()
            waiting -= piece.count
            if waiting < Self.highWater { (resumed, producer) = (producer, nil) }
            return .success(piece)
        }
        resumed?.resume()
        return try outcome.get()
    }

    /// Says that nobody will read on.
    func abandon() {
        var resumed: [CheckedContinuation<Void, Never>] = []
        condition.withLock {
            isAbandoned = true
            pieces = []
            resumed = [producer, starter].compactMap { $0 }
            (producer, starter) = (nil, nil)
            condition.broadcast()
        }
        for continuation in resumed { continuation.resume() }
    }

    private static let cancelled = PriceProblem(.inputFailed, "reading was cancelled")
}
