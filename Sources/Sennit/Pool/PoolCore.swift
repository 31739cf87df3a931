internal import Synchronization

/// The shell around the engine: one lock, the tasks in flight, and the effects of the engine's actions.
///
/// Under the lock there are only the engine and memory operations on slot tables. Everything that can block, call
/// back or run user code is collected as effects and done after the lock is let go.
package final class PoolCore: Sendable {
    package struct State: ~Copyable {
        var engine: Engine
        /// Tasks by their slot in the engine's table.
        var tasks: ContiguousArray<PendingTask?> = []
        /// Live workers by place.
        var links: ContiguousArray<WorkerLink?> = []
        var actions: ContiguousArray<EngineAction> = []
        var armedTimer = Nanoseconds.max
        var admissionWaiters: [PoolWaiter] = []
        var readinessWaiters: [PoolWaiter] = []
        var isTerminated = false
        var failure: (any Error)?
        /// Why the last failed start failed, until a worker becomes ready.
        var startFailure: (any Error)?
        /// The death being dealt with, for the errors of the tasks it ended.
        var exit: ExitReport?
        var exitReason: KillReason?
        /// Why the pool itself ended a worker that has not been reaped yet.
        var killReasons: [WorkerID: KillReason] = [:]
        /// Tasks handed to each place so far.
        var dispatches: ContiguousArray<Int> = []
    }

    package let options: PoolOptions
    package let driver: any PoolDriver
    package let types = TaskTypes()
    package let observers: PoolObservers
    /// What counts and measures; nil unless the options ask for it.
    let metrics: PoolMetrics?
    let inFlight = Atomic<Int>(0)
    /// How long the next results may be left to gather, as of the last ones.
    let gatheringTime = Atomic<Nanoseconds>(0)
    /// What the last caller who handed in a single task has left for the next one.
    let preparation = Mutex<TaskPreparation?>(nil)
    /// Tasks accepted and not ended, for whoever asks before spinning.
    var tasksInFlight: Int { inFlight.load(ordering: .relaxed) }
    let state: Mutex<State>
    private let termination = PoolTermination()

    package init(
        limits: EngineLimits, options: PoolOptions, driver: any PoolDriver
    ) {
        self.options = options
        self.driver = driver
        let metrics = options.metrics ? PoolMetrics(pool: options.name) : nil
        let log = options.logger.map { PoolLog(logger: $0, pool: options.name) }
        let listeners: [(any PoolListener)?] = [log, metrics, driver.listener]
        self.metrics = metrics
        observers = PoolObservers(listeners: listeners.compactMap { $0 })
        state = Mutex(State(engine: Engine(limits: limits)))
    }

    /// Runs one event through the engine and performs what follows from it.
    func withEngine<Result>(
        _ event: (inout State, inout PoolEffects) throws -> Result
    ) rethrows -> Result {
        var effects = PoolEffects()
        defer { effects.perform(in: self) }
        return try state.withLock { state in
            let result = try event(&state, &effects)
            step(&state, &effects)
            return result
        }
    }

    /// Waits until every worker is gone.
    package func waitForTermination() async { await termination.wait() }

    func markTerminated() {
        termination.mark()
        observers.terminate()
    }

    package var isTerminated: Bool { termination.isMarked }
}

/// A one-way flag that can be waited for.
package final class PoolTermination: Sendable {
    private struct State: ~Copyable {
        var isMarked = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    package init() {}

    package var isMarked: Bool { state.withLock { $0.isMarked } }

    package func mark() {
        let waiters = state.withLock { state in
            state.isMarked = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    package func wait() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if !state.isMarked { state.waiters.append(continuation) }
                return state.isMarked
            }
            if isOver { continuation.resume() }
        }
    }
}
