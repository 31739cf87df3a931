internal import Synchronization

/// Those who watch a pool's events.
///
/// Each watcher has a buffer of its own, the newest events of which are kept; a slow watcher never slows the pool.
package final class PoolObservers: Sendable {
    private struct State {
        var streams: [UInt64: AsyncStream<PoolEvent>.Continuation] = [:]
        var next: UInt64 = 0
        var isTerminated = false
        /// Announced and not yet delivered; nil is the end of all.
        var announced: [PoolEvent?] = []
        var isDelivering = false
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

    /// Says that something has happened; called under the pool's lock, so that events come in the order of their
    /// causes.
    package func announce(_ event: PoolEvent) {
        state.withLock { $0.announced.append(event) }
    }

    /// Delivers what was announced, unless another thread is at it; called without the pool's lock.
    package func deliver() {
        typealias Batch = (events: [PoolEvent?], streams: [AsyncStream<PoolEvent>.Continuation])
        var isMine = false
        while true {
            let batch: Batch? = state.withLock { state in
                guard isMine || !state.isDelivering else { return nil }
                state.isDelivering = !state.announced.isEmpty
                guard state.isDelivering else { return nil }
                defer { state.announced.removeAll(keepingCapacity: true) }
                return (state.announced, state.streams.valuesInOrder)
            }
            guard let batch else { return }
            isMine = true
            for event in batch.events {
                guard let event else {
                    for stream in batch.streams { stream.finish() }
                    continue
                }
                for listener in listeners { listener.hear(event) }
                for stream in batch.streams { stream.yield(event) }
            }
        }
    }

    package func terminate() {
        state.withLock { state in
            state.isTerminated = true
            state.announced.append(nil)
        }
        deliver()
    }
}

/// Whoever hears of a pool's events as they happen: the log, the metrics, a simulation.
package protocol PoolListener: Sendable {
    /// Whether single tasks are of interest; if nobody's are, events about them are not even made.
    var hearsOfTasks: Bool { get }

    /// Called on whichever thread noticed, outside of the pool's lock.
    func hear(_ event: PoolEvent)
}
