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

extension PoolDefaults {
    static var largestWindow: Int { 1 << 20 }
}

extension PoolCore {
    /// Threads of all workers that the pool should have.
    package var threadCapacity: Int {
        state.withLock { $0.engine.targetProcesses * $0.engine.limits.threadsPerProcess }
    }
}
