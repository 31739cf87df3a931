internal import Synchronization

/// A suspended caller of the pool, woken by the pool or by its own cancellation, whichever comes first.
package final class PoolWaiter: Sendable {
    private struct State: ~Copyable {
        var isWoken = false
        var continuation: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    package init() {}

    /// Waits to be woken; called once.
    package func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isWoken = state.withLock { state in
                    if !state.isWoken { state.continuation = continuation }
                    return state.isWoken
                }
                if isWoken { continuation.resume() }
            }
        } onCancel: {
            wake()
        }
    }

    /// Ends the wait, also one that is yet to begin.
    package func wake() {
        let continuation = state.withLock { state in
            state.isWoken = true
            return state.continuation.take()
        }
        continuation?.resume()
    }
}
