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
    private let count: Atomic<Int>
    private let listeners: [any PoolListener]

    package init(listeners: [any PoolListener] = []) {
        self.listeners = listeners
        count = Atomic(listeners.count { $0.hearsOfTasks })
    }

    /// Whether anybody wants to hear of single tasks; costs one load.
    package var watchTasks: Bool { count.load(ordering: .relaxed) > 0 }

    /// Whether anybody wants to hear of workers and of what is rare.
    package var watchWorkers: Bool { !listeners.isEmpty || watchTasks }

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
        for listener in listeners { listener.hear(event) }
        let streams = state.withLock { $0.streams.valuesInOrder }
        for stream in streams { stream.yield(event) }
    }

    package func terminate() {
        let streams = state.withLock { state in
            state.isTerminated = true
            return state.streams.valuesInOrder
        }
        for stream in streams { stream.finish() }
    }
}

/// Whoever hears of a pool's events as they happen: the log, the metrics, a simulation.
package protocol PoolListener: Sendable {
    /// Whether single tasks are of interest; if nobody's are, events about them are not even made.
    var hearsOfTasks: Bool { get }

    /// Called on whichever thread noticed, outside of the pool's lock.
    func hear(_ event: PoolEvent)
}
