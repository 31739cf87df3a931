internal import Sennit
internal import Synchronization

/// Brings one simulation from its beginning to its end, on a thread of its own.
final class SimulationRun<Value: Sendable>: Sendable {
    private let simulation: Simulation
    private let core: PoolCore

    private struct State: ~Copyable {
        var main: Task<Void, Never>?
        var result: Result<Value, any Error>?
        var continuation: CheckedContinuation<Value, any Error>?
        var isCancelled = false
    }

    private let state = Mutex(State())

    init(_ simulation: Simulation, _ core: PoolCore) {
        self.simulation = simulation
        self.core = core
    }

    private static var mostSteps: Int { 100_000_000 }
    /// So many moments without a step of any task, and without a sleeper, are a deadlock: only the pool's own timers
    /// go on.
    private static var mostIdleMoments: Int { 200_000 }
    /// The most moments of the pool's timers that pass while a task sleeps: more than a year of heartbeats every two
    /// seconds.
    private static var longestSleep: Int { 20_000_000 }
    /// Steps within which a simulation that has failed must have been taken down.
    private static var mostLastSteps: Int { 200_000 }

    /// Runs `body` in the simulation and gives its result.
    func result(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let main = Task(name: "simulation \(simulation.seed)", executorPreference: simulation.jobs) { [self] in
            let result: Result<Value, any Error>
            do {
                result = .success(try await Simulation.$current.withValue(simulation) { try await body() })
            } catch {
                result = .failure(error)
            }
            state.withLock { $0.result = result }
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                state.withLock { state in
                    state.main = main
                    state.continuation = continuation
                }
                do {
                    try SystemThread.start(name: "simulation", stackBytes: 8 << 20) { [self] in
                        simulation.jobs.begin()
                        // For tasks that are begun by timers and messages, such as callbacks.
                        Simulation.$current.withValue(simulation) { run() }
                    }
                } catch {
                    main.cancel()
                    end(.abandoned, .failure(failure(.noThread)))
                }
            }
        } onCancel: {
            state.withLock { $0.isCancelled = true }
            main.cancel()
        }
    }

    // MARK: The thread

    private func run() {
        if let cause = live() {
            let failure = failure(cause)
            takeDown()
            end(.abandoned, isAnsweredCancellation ? nil : .failure(failure))
        } else {
            // What still sleeps was left behind by its owner.
            simulation.time.end()
            for _ in 0..<Self.mostLastSteps where !simulation.jobs.runOne() { break }
            end(.over, nil)
        }
    }

    private var isOver: Bool { state.withLock { $0.result != nil } }

    /// Whether the caller was cancelled and its body has ended by that.
    ///
    /// What it waited for was the cancellation then, however late that came.
    private var isAnsweredCancellation: Bool { state.withLock { $0.isCancelled && $0.result != nil } }

    /// Lives until the main task has ended.
    ///
    /// - Returns: What kept it from that.
    private func live() -> SimulationError.Cause? {
        var idleMoments = 0
        while !isOver {
            if simulation.jobs.runOne() {
                idleMoments = 0
                if simulation.steps > Self.mostSteps { return .endless }
            } else if simulation.time.advance() {
                idleMoments += 1
                let isAnyoneToWake = simulation.time.sleepers > 0 && idleMoments <= Self.longestSleep
                if idleMoments > Self.mostIdleMoments, !isAnyoneToWake { return .deadlock }
            } else if !waitForOutside() {
                return .deadlock
            }
        }
        return nil
    }

    /// Waits for a job from outside of the simulation.
    ///
    /// - Returns: False when none is to be expected any more.
    private func waitForOutside() -> Bool {
        var patience = OutsidePatience()
        var probe = OutsideProbe()
        while !patience.isExhausted {
            if simulation.jobs.waitForJob(upTo: OutsidePatience.round) { return true }
            let isBack = probe.isBack
            patience.roundPassed(outsideHadItsTurn: isBack)
            if isBack { probe = OutsideProbe() }
        }
        return false
    }

    /// Lets everybody go who can be made to.
    private func takeDown() {
        state.withLock { $0.main }?.cancel()
        core.killAll()
        for _ in 0..<Self.mostLastSteps where !isOver {
            if !simulation.jobs.runOne(), !simulation.time.advance() { break }
        }
        simulation.time.end()
        for _ in 0..<Self.mostLastSteps where !simulation.jobs.runOne() { break }
    }

    private func end(_ ending: SeededExecutor.Ending, _ other: Result<Value, any Error>?) {
        simulation.jobs.end(ending)
        let (continuation, result) = state.withLock { state in
            defer { state.main = nil }
            return (state.continuation.take(), other ?? state.result)
        }
        guard let result else { return }
        continuation?.resume(with: result)
    }

    private func failure(_ cause: SimulationError.Cause) -> SimulationError {
        SimulationError(
            cause: cause, seed: simulation.seed, time: simulation.clock.now.offset,
            endlessSleepers: simulation.time.endlessSleepers, statistics: core.statistics,
            history: simulation.history.suffix(20))
    }
}
