internal import Synchronization

// Safety: a continuation is put down under the lock, and resumed by whoever takes it away under the lock: exactly once.
/// Gathers the ends of one iteration's tasks for the one who iterates.
final class TaskCollector: CompletionSink {
    @safe private struct State: ~Copyable {
        var ended: [PendingTask] = []
        /// Tasks of chunks that were taken apart, to be submitted again.
        var returned: [PendingTask] = []
        var waiter: UnsafeContinuation<Void, Never>?
        var isAbandoned = false
        /// Something else than an end has come.
        var isPoked = false
    }

    private let state = Mutex(State())

    func tasksEnded(_ tasks: [PendingTask]) {
        var waiter: UnsafeContinuation<Void, Never>?
        state.withLock { state in
            guard !state.isAbandoned else { return }
            state.ended.append(contentsOf: tasks)
            unsafe swap(&waiter, &state.waiter)
        }
        unsafe waiter?.resume()
    }

    func tasksReturned(_ tasks: [PendingTask]) {
        var waiter: UnsafeContinuation<Void, Never>?
        state.withLock { state in
            guard !state.isAbandoned else { return }
            state.returned.append(contentsOf: tasks)
            unsafe swap(&waiter, &state.waiter)
        }
        unsafe waiter?.resume()
    }

    /// Ends the wait, also one that is yet to begin.
    func poke() {
        var waiter: UnsafeContinuation<Void, Never>?
        state.withLock { state in
            state.isPoked = true
            unsafe swap(&waiter, &state.waiter)
        }
        unsafe waiter?.resume()
    }

    /// Forgets that there was a poke; to be called before looking for what it was about.
    func clearPoke() { state.withLock { $0.isPoked = false } }

    /// Whether `take` would find anything.
    var hasEnded: Bool { state.withLock { !$0.ended.isEmpty || !$0.returned.isEmpty } }

    /// What has ended since the last call.
    func take(into list: inout [PendingTask]) {
        state.withLock { state in
            swap(&state.ended, &list)
            state.ended.removeAll(keepingCapacity: true)
        }
    }

    /// What is to be submitted again since the last call.
    func takeReturned() -> [PendingTask] {
        state.withLock { state in
            defer { state.returned = [] }
            return state.returned
        }
    }

    /// Waits until something has ended, or the waiting task is cancelled.
    func wait() async {
        await withTaskCancellationHandler {
            await unsafe withUnsafeContinuation { continuation in
                let isThere = state.withLock { state in
                    if !state.ended.isEmpty || !state.returned.isEmpty || state.isAbandoned || state.isPoked {
                        return true
                    }
                    unsafe state.waiter = continuation
                    return false
                }
                if isThere { unsafe continuation.resume() } else if Task.isCancelled { wake() }
            }
        } onCancel: {
            wake()
        }
    }

    /// Waits until something has ended or the waiting task is cancelled, or until this moment has come: then false.
    func wait(until end: WaitEnd?) async -> Bool {
        guard let end else {
            await wait()
            return true
        }
        guard end.left > .zero else { return false }
        do {
            try await end.run { await self.wait() }
            return true
        } catch {
            return Task.isCancelled
        }
    }

    private func wake() {
        var waiter: UnsafeContinuation<Void, Never>?
        state.withLock { unsafe swap(&waiter, &$0.waiter) }
        unsafe waiter?.resume()
    }

    /// Nobody iterates any more.
    func abandon() {
        state.withLock { state in
            state.isAbandoned = true
            state.ended = []
            state.returned = []
        }
    }
}
