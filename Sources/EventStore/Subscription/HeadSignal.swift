import Synchronization

/// Wakes those who wait for events behind a position.
final class HeadSignal: Sendable {
    private struct State {
        var head = 0
        var isClosed = false
        var nextWaiter = 0
        var waiters: [Int: Waiter] = [:]
        /// Looks for events of other processes while somebody waits.
        var poller: Task<Void, Never>?
    }

    private struct Waiter {
        var position: Int
        var continuation: CheckedContinuation<Void, Never>
    }

    private let state = Mutex(State())

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Notes that there are events up to a position.
    func advance(to position: Int) {
        let woken: [Waiter] = state.withLock { state in
            guard position > state.head else { return [] }
            state.head = position
            guard !state.waiters.isEmpty else { return [] }
            let due = state.waiters.filter { $0.value.position < position }
            for id in due.keys { state.waiters[id] = nil }
            return Array(due.values)
        }
        for waiter in woken { waiter.continuation.resume() }
    }

    /// Wakes everybody to look for themselves; whoever waits again has a poller again.
    func wakeAll() {
        let woken = state.withLock { state in
            state.poller = nil
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in woken { waiter.continuation.resume() }
    }

    /// Wakes everybody; nobody waits any more.
    func close() {
        let (woken, poller) = state.withLock { state in
            state.isClosed = true
            defer { state.waiters = [:] }
            return (Array(state.waiters.values), state.poller.take())
        }
        poller?.cancel()
        for waiter in woken { waiter.continuation.resume() }
    }

    /// Waits until there are events behind a position, the store is closed or the task is cancelled.
    ///
    /// - Parameters:
    ///   - position: What the caller has seen.
    ///   - poll: Runs while anybody waits; ends when cancelled.
    func wait(behind position: Int, poll: @escaping @Sendable () async -> Void) async {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = state.withLock { state in
                    guard state.head <= position, !state.isClosed, !Task.isCancelled else { return true }
                    state.waiters[id] = Waiter(position: position, continuation: continuation)
                    if state.poller == nil { state.poller = Task { await poll() } }
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: id) }
            waiter?.continuation.resume()
        }
    }

    /// Whether the poller has to go on; it is forgotten if not.
    func keepsPolling() -> Bool {
        state.withLock { state in
            guard state.waiters.isEmpty || state.isClosed else { return true }
            state.poller = nil
            return false
        }
    }
}
