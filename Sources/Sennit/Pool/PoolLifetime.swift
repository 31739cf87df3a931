internal import Synchronization

/// Ends a pool's workers when neither the pool nor a handle on one of its tasks is left.
package final class PoolLifetime: Sendable {
    private let core: PoolCore
    package let isLocal: Bool

    package init(core: PoolCore, isLocal: Bool) {
        self.core = core
        self.isLocal = isLocal
    }

    deinit {
        if !core.isTerminated { core.killAll() }
    }
}

extension PoolCore {
    /// Waits until every worker is gone, and kills those that are not after the time given or on cancellation.
    package func waitForTermination(within limit: Duration?) async {
        let timer = limit.map { limit in
            Task(executorPreference: driver.executor) { [self] in
                // The time is up unless this task is cancelled first.
                guard (try? await driver.sleep(for: limit)) != nil else { return }
                killAll()
            }
        }
        await withTaskCancellationHandler {
            await waitForTermination()
        } onCancel: {
            killAll()
        }
        timer?.cancel()
    }

    /// Starts every worker without waiting for any.
    package func startWithoutWaiting() {
        withEngine { state, _ in state.engine.startAll(now: driver.now()) }
    }

    package var statistics: PoolStatistics {
        state.withLock { state in
            let engine = state.engine
            var result = PoolStatistics()
            result.targetProcesses = engine.targetProcesses
            result.threadsPerProcess = engine.limits.threadsPerProcess
            result.liveWorkers = engine.workers.count { $0.isAlive }
            result.readyWorkers = engine.workers.count { $0.state == .ready }
            result.queuedTasks = engine.queued
            result.tasksInWorkers = engine.tasksInWorkers
            result.submitted = engine.counters.submitted
            result.completed = engine.counters.received
            result.cancelled = engine.counters.cancelled
            result.timedOut = engine.counters.timedOut
            result.lostToDeaths = engine.counters.lostToDeaths
            result.poisoned = engine.counters.poisoned
            result.retried = engine.counters.retried
            result.workersStarted = engine.counters.workersStarted
            result.workersDied = engine.counters.workersDied
            result.failedStarts = engine.counters.startsFailed
            result.failedStartAttemptsInARow = engine.starts.failures
            result.lastStartFailure = state.startFailure.map { String(describing: $0) }
            result.tasksPerWorker = Array(state.dispatches)
            result.processIDs = state.links.map { $0?.control.processID }
            return result
        }
    }
}

/// Waiting with a limit.
package enum TimeLimit {
    /// Runs `operation`, and cancels it when the time is up by the driver's clock.
    ///
    /// - Throws: ``PoolError`` with `timedOutWaiting`, or what the operation throws.
    package static func run<Value: Sendable>(
        _ limit: Duration, by driver: any PoolDriver, _ operation: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await operation() }
            group.addTask {
                try await driver.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let value = first else {
                throw PoolError(.timedOutWaiting, "Nothing came within \(limit); the task goes on.")
            }
            return value
        }
    }
}

/// A moment until which somebody waits, by the clock of a pool's driver.
struct WaitEnd {
    private let driver: any PoolDriver
    private let moment: Nanoseconds

    init(after limit: Duration, by driver: any PoolDriver) {
        self.driver = driver
        moment = driver.now() &+ limit.clampedNanoseconds
    }

    /// The time left; zero when there is none.
    var left: Duration {
        let now = driver.now()
        return .nanoseconds(moment > now ? Int64(clamping: moment - now) : 0)
    }

    /// Runs `operation` and cancels it at that moment; see `TimeLimit`.
    func run<Value: Sendable>(_ operation: @escaping @Sendable () async throws -> Value) async throws -> Value {
        try await TimeLimit.run(left, by: driver, operation)
    }
}

/// What a core still holds; after its end it should be nothing.
package struct PoolLeftovers: Sendable, Hashable {
    package var tasks = 0
    package var tasksInEngine = 0
    package var links = 0
    package var waiters = 0
    package var inFlight = 0
    package var killReasons = 0

    package init() {}
}

extension PoolCore {
    /// Counts what is held.
    package var leftovers: PoolLeftovers {
        state.withLock { state in
            var result = PoolLeftovers()
            result.tasks = state.tasks.count { $0 != nil }
            result.tasksInEngine = state.engine.tasks.count
            result.links = state.links.count { $0 != nil }
            result.waiters = state.admissionWaiters.count + state.readinessWaiters.count
            result.inFlight = inFlight.load(ordering: .relaxed)
            result.killReasons = state.killReasons.count
            return result
        }
    }

    /// The engine's own counts.
    package var counters: EngineCounters { state.withLock { $0.engine.counters } }
}
