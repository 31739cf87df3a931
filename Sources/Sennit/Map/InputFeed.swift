internal import Synchronization

/// Pulls an asynchronous input in a Swift task of its own, never further than it has been asked to, while the one who
/// iterates takes results.
final class InputFeed: Sendable {
    private struct State: ~Copyable {
        /// How many more tasks may be pulled.
        var wanted = 0
        var isPulling = false
        var arrived: [TaskPull.Arrival] = []
        var isOver = false
        var failure: (any Error)?
        var isAbandoned = false
        var sleeper: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())
    private let collector: TaskCollector
    private let task = Mutex<Task<Void, Never>?>(nil)

    /// A feed that tells `collector` when something has come.
    init(_ collector: TaskCollector) { self.collector = collector }

    /// Begins to pull.
    func start(_ pull: @escaping @Sendable (InputFeed) async -> Void, on executor: (any TaskExecutor)?) {
        let puller = Task(executorPreference: executor) { await pull(self) }
        task.withLock { $0 = puller }
    }

    /// Pulls an input to its end, as it is wanted.
    func pull<Tasks: AsyncSequence>(
        _ tasks: Tasks, _ own: (@Sendable (Tasks.Element) throws -> TaskTemplate?)?
    ) async where Tasks.Element: PoolTask {
        var iterator = tasks.makeAsyncIterator()
        do {
            while await beginPull() {
                guard let work = try await iterator.next(isolation: nil) else { break }
                put(TaskPull.arrival(work, own))
            }
            end(nil)
        } catch {
            end(error)
        }
    }

    // MARK: The one who iterates

    /// Sets how many tasks may be pulled beyond those taken.
    func want(_ count: Int) {
        let sleeper = state.withLock { state in
            state.wanted = count - state.arrived.count - (state.isPulling ? 1 : 0)
            return state.wanted > 0 ? state.sleeper.take() : nil
        }
        sleeper?.resume()
    }

    /// What has come since the last call, and whether that was all.
    func take() -> (arrived: [TaskPull.Arrival], isOver: Bool, failure: (any Error)?) {
        state.withLock { state in
            defer { state.arrived = [] }
            return (state.arrived, state.isOver, state.failure)
        }
    }

    /// Pulls no more; a pull under way is cancelled.
    func abandon() {
        let sleeper = state.withLock { state in
            state.isAbandoned = true
            state.arrived = []
            return state.sleeper.take()
        }
        sleeper?.resume()
        task.withLock { $0.take() }?.cancel()
    }

    // MARK: The puller

    /// Waits until a task is wanted; false when none will be.
    private func beginPull() async -> Bool {
        while true {
            let mayPull: Bool? = state.withLock { state in
                guard !state.isAbandoned else { return false }
                guard state.wanted > 0 else { return nil }
                state.wanted -= 1
                state.isPulling = true
                return true
            }
            if let mayPull { return mayPull }
            await withCheckedContinuation { continuation in
                let mustWait = state.withLock { state in
                    guard !state.isAbandoned, state.wanted <= 0 else { return false }
                    state.sleeper = continuation
                    return true
                }
                if !mustWait { continuation.resume() }
            }
        }
    }

    private func put(_ arrival: @escaping TaskPull.Arrival) {
        state.withLock { state in
            state.isPulling = false
            if !state.isAbandoned { state.arrived.append(arrival) }
        }
        collector.poke()
    }

    private func end(_ failure: (any Error)?) {
        state.withLock { state in
            state.isPulling = false
            state.isOver = true
            state.failure = failure
        }
        collector.poke()
    }
}
