internal import Synchronization

/// Gathers the ends of one iteration's tasks for the one who iterates.
final class TaskCollector: CompletionSink {
    private struct State: ~Copyable {
        var ended: [PendingTask] = []
        var waiter: CheckedContinuation<Void, Never>?
        var isAbandoned = false
    }

    private let state = Mutex(State())

    func tasksEnded(_ tasks: [PendingTask]) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard !state.isAbandoned else { return nil }
            state.ended.append(contentsOf: tasks)
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// What has ended since the last call.
    func take(into list: inout [PendingTask]) {
        state.withLock { state in
            swap(&state.ended, &list)
            state.ended.removeAll(keepingCapacity: true)
        }
    }

    /// Waits until something has ended, or the waiting task is cancelled.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isThere = state.withLock { state in
                    if !state.ended.isEmpty || state.isAbandoned { return true }
                    state.waiter = continuation
                    return false
                }
                if isThere || Task.isCancelled { wake(or: isThere ? continuation : nil) }
            }
        } onCancel: {
            wake(or: nil)
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

    private func wake(or own: CheckedContinuation<Void, Never>?) {
        if let own { return own.resume() }
        state.withLock { $0.waiter.take() }?.resume()
    }

    /// Nobody iterates any more.
    func abandon() {
        state.withLock { state in
            state.isAbandoned = true
            state.ended = []
        }
    }
}
