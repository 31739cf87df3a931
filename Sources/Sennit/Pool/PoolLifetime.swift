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
            result.tasksInWorkers = engine.workers.reduce(0) { $0 + $1.held.count }
            result.submitted = engine.counters.submitted
            result.completed = engine.counters.received
            result.cancelled = engine.counters.cancelled
            result.timedOut = engine.counters.timedOut
            result.lostToDeaths = engine.counters.lostToDeaths
            result.poisoned = engine.counters.poisoned
            result.retried = engine.counters.retried
            result.workersStarted = engine.counters.workersStarted
            result.workersDied = engine.counters.workersDied
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
