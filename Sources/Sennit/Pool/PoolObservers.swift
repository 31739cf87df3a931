internal import Synchronization

/// Those who watch a pool's events.
///
/// Each watcher has a buffer of its own, the newest events of which are kept; a slow watcher never slows the pool.
package final class PoolObservers: Sendable {
    private struct State {
        var streams: [UInt64: AsyncStream<PoolEvent>.Continuation] = [:]
        var next: UInt64 = 0
        var isTerminated = false
    }

    private let state = Mutex(State())
    private let count = Atomic<Int>(0)

    package init() {}

    /// Whether anybody watches; costs one load.
    package var hasAny: Bool { count.load(ordering: .relaxed) > 0 }

    package func subscribe(bufferSize: Int) -> AsyncStream<PoolEvent> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: PoolEvent.self, bufferingPolicy: .bufferingNewest(bufferSize))
        let token: UInt64? = state.withLock { state in
            guard !state.isTerminated else { return nil }
            state.next += 1
            state.streams[state.next] = continuation
            count.add(1, ordering: .relaxed)
            return state.next
        }
        guard let token else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in self?.unsubscribe(token) }
        return stream
    }

    private func unsubscribe(_ token: UInt64) {
        state.withLock { state in
            if state.streams.removeValue(forKey: token) != nil { count.subtract(1, ordering: .relaxed) }
        }
    }

    package func send(_ event: PoolEvent) {
        let streams = state.withLock { Array($0.streams.values) }
        for stream in streams { stream.yield(event) }
    }

    package func terminate() {
        let streams = state.withLock { state in
            state.isTerminated = true
            return Array(state.streams.values)
        }
        for stream in streams { stream.finish() }
    }
}
