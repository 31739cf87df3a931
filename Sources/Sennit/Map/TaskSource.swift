internal import Synchronization

/// The input of one `map` and its settings.
struct TaskSource {
    let pull: () -> TaskPull
    /// Checks the options and names the tasks' type.
    let template: () throws -> TaskTemplate
    let core: PoolCore
    let lifetime: PoolLifetime
    let inFlight: Int?
    let chunkSize: Int
    /// The time for the whole iteration.
    let limit: Duration?

    /// Checks the numbers, which `map` itself cannot: it does not throw.
    func validated() throws -> (window: Int, chunk: Int) {
        guard chunkSize >= 1 else {
            throw PoolError(.invalidArgument, "chunkSize is \(chunkSize); it must be at least 1.")
        }
        if let inFlight {
            guard (1...PoolDefaults.largestWindow).contains(inFlight) else {
                throw PoolError(
                    .invalidArgument, "inFlight is \(inFlight); it must be from 1 to \(PoolDefaults.largestWindow).")
            }
            return (inFlight, min(chunkSize, inFlight))
        }
        let window = min(PoolDefaults.largestWindow, max(256, 4 * core.threadCapacity))
        return (window, min(chunkSize, window))
    }
}

extension TaskSource {
    /// How many tasks may travel together: several only where nobody watches each of them.
    func sizing(window: Int, batch: Int, _ template: TaskTemplate?) -> ChunkSizing {
        let limits = core.options
        guard let template, template.mayTravelTogether, core.metrics == nil,
            limits.maxTasksPerWorker == nil
        else { return .alone }
        let threads = min(core.threadCapacity, 2 * ProcessIdentity.processorCount)
        return ChunkSizing(window: window, batch: batch, threads: threads, mostQueued: limits.maximumQueuedTasks)
    }
}

extension PoolDefaults {
    static var largestWindow: Int { 1 << 20 }
}

extension PoolCore {
    /// Threads of all workers that the pool should have.
    package var threadCapacity: Int {
        state.withLock { $0.engine.targetProcesses * $0.engine.limits.threadsPerProcess }
    }
}
