import Sennit
import SennitTesting
import Synchronization
import Testing

/// One history of a whole pool: several users of it at once, everything drawn from the seed, and what must hold.
final class PoolHistory: Sendable {
    let seed: UInt64
    let processes: Int
    let threads: Int
    let faults: SimulatedFaults
    let options: PoolOptions
    private let ends = Mutex<[TaskID: Int]>([:])

    init(seed: UInt64) {
        self.seed = seed
        var generator = SeededGenerator(seed: seed &+ 0x504F_4F4C)
        processes = 1 + generator.below(4)
        threads = generator.pick([1, 1, 2, 4])
        faults = Self.faults(&generator)
        options = Self.options(&generator)
    }

    private static func faults(_ generator: inout SeededGenerator) -> SimulatedFaults {
        var faults = generator.oneIn(3) ? SimulatedFaults() : .rough
        if generator.oneIn(3) { faults.deathDuringTask = 0.2 }
        if generator.oneIn(4) { faults.deathDuringStart = 0.3 }
        faults.startFailure = generator.pick([faults.startFailure, 0.1, 0.5, 0.9, 1])
        if generator.oneIn(4) { faults.messageDelay = .milliseconds(1) ... .milliseconds(300) }
        faults.mostFaults = generator.pick([0, 5, 40])
        return faults
    }

    private static func options(_ generator: inout SeededGenerator) -> PoolOptions {
        var options = PoolOptions()
        options.retries = generator.pick([0, 1, 3, 10])
        options.poisonThreshold = 1 + generator.below(3)
        options.startAttempts = generator.pick([2, 10])
        options.maxTasksPerWorker = generator.pick([nil, nil, 1, 7])
        options.idleTimeout = generator.pick([nil, .milliseconds(5), .seconds(1)])
        options.maximumQueuedTasks = generator.pick([1, 8, 1 << 20])
        options.gracePeriod = generator.pick([.zero, .milliseconds(20), .seconds(5)])
        options.cancellationAllowance = generator.pick([.zero, .milliseconds(5)])
        options.heartbeatInterval = generator.pick([.milliseconds(50), .seconds(2)])
        options.startup = generator.oneIn(4) ? .eager : .onDemand
        options.onWorkerDeath = generator.oneIn(10) ? .failPool : .failTasks
        options.onStartFailure = generator.oneIn(6) ? .failPool : .keepTrying
        return options
    }

    /// Lives it.
    ///
    /// - Returns: What happened, in counts.
    func live() async throws -> EngineCounters {
        let end = try await withSimulatedPool(
            processes: processes, threadsPerProcess: threads, options: options, seed: seed, faults: faults
        ) { pool in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for user in 0..<6 {
                    var generator = SeededGenerator(seed: self.seed &* 31 &+ UInt64(user))
                    group.addTask { try await self.use(pool, as: user, &generator) }
                }
                try await group.waitForAll()
            }
            return (core: pool.core, simulation: try #require(Simulation.current))
        }
        try check(end.core, end.simulation)
        return end.core.counters
    }

    private func use(
        _ pool: ProcessThreadPool<NoContext>, as user: Int, _ generator: inout SeededGenerator
    ) async throws {
        switch user {
        case 0: try await mapInOrder(pool, &generator)
        case 1: try await mapAsCompleted(pool, &generator)
        case 2: try await submitAndCancel(pool, &generator)
        case 3: try await runWithTimeouts(pool, &generator)
        case 4: try await cancelCallers(pool, &generator)
        default: try await govern(pool, &generator)
        }
    }

    private static func work(_ generator: inout SeededGenerator) -> Duration {
        .microseconds(generator.pick([0, 10, 1000, 20_000]) * generator.below(10))
    }

    // MARK: Users

    /// Outputs come in the order of the input, and no more of it is pulled than the window allows.
    private func mapInOrder(_ pool: ProcessThreadPool<NoContext>, _ generator: inout SeededGenerator) async throws {
        let (window, count) = (1 + generator.below(12), generator.below(60))
        let works = (0..<count).map { _ in Self.work(&generator) }
        let pulled = Mutex(0)
        let tasks = (0..<count).lazy.map { number in
            pulled.withLock { $0 += 1 }
            return Echo(number: number, work: works[number])
        }
        var taken = 0
        do {
            for try await number in pool.map(tasks, inFlight: window) {
                try #require(number == taken)
                taken += 1
                try #require(pulled.withLock { $0 } - taken <= window)
            }
            try #require(taken == count)
        } catch {
            try requirePoolError(error)
        }
    }

    /// Every task of the input has one outcome, and it is its own.
    private func mapAsCompleted(_ pool: ProcessThreadPool<NoContext>, _ generator: inout SeededGenerator) async throws {
        let count = generator.below(60)
        var seen: Set<Int> = []
        let tasks = (0..<count).map { EchoOnce(number: $0, work: Self.work(&generator)) }
        for await (index, result) in pool.mapAsCompleted(tasks, inFlight: 1 + generator.below(20)) {
            try #require(seen.insert(index).inserted)
            switch result {
            case .success(let number): try #require(number == index)
            case .failure(let error): try requirePoolError(error)
            }
        }
        try #require(seen.count == count)
    }

    private func submitAndCancel(_ pool: ProcessThreadPool<NoContext>, _ generator: inout SeededGenerator) async throws
    {
        var handles: [TaskHandle<Int>] = []
        for number in 0..<generator.below(40) {
            let options = TaskOptions(
                priority: generator.pick([.low, .normal, .high]), key: generator.pick([nil, "a", "b"]),
                cancellation: generator.pick([.cooperative, .killAfter(.milliseconds(3))]))
            do {
                let handle = try await pool.submit(EvenOnly(number: number), options: options)
                handle.onEnd { [self] _ in ends.withLock { $0[handle.id, default: 0] += 1 } }
                handles.append(handle)
            } catch {
                try requirePoolError(error)
            }
            if generator.oneIn(4) { try await SimulatedClock.current?.sleep(for: Self.work(&generator)) }
            if generator.oneIn(3), let victim = handles.randomElement(using: &generator) { victim.cancel() }
            if generator.oneIn(20), let victim = handles.randomElement(using: &generator) { victim.kill() }
        }
        for handle in handles {
            switch await handle.result {
            case .success(let number): try #require(number % 2 == 0)
            case .failure(let error as Odd): try #require(error.number % 2 == 1)
            case .failure(let error): try requirePoolError(error)
            }
            try #require(handle.state.isFinal)
        }
        let ids = handles.map(\.id)
        // Callbacks run in Swift tasks of their own, after those who wait.
        try await SimulatedClock.current?.sleep(for: .milliseconds(1))
        ends.withLock { ends in
            for id in ids { #expect(ends[id] == 1, "seed \(seed): the end of \(id) was told \(ends[id] ?? 0) times") }
        }
    }

    private func runWithTimeouts(_ pool: ProcessThreadPool<NoContext>, _ generator: inout SeededGenerator) async throws
    {
        for number in 0..<generator.below(12) {
            let limit = Duration.milliseconds(1 + generator.below(40))
            let deadline = generator.oneIn(3) ? SimulatedClock.current?.deadline(after: limit) : nil
            let options = TaskOptions(timeout: deadline == nil ? limit : nil, deadline: deadline)
            do {
                if generator.oneIn(4) {
                    _ = try await pool.run(Stubborn(work: limit * 2), options: options)
                    Issue.record("seed \(seed): a task outlived its limit")
                } else {
                    let work = Self.work(&generator)
                    try #require(try await pool.run(EchoOnce(number: number, work: work), options: options) == number)
                }
            } catch {
                try requirePoolError(error)
            }
        }
    }

    private func cancelCallers(_ pool: ProcessThreadPool<NoContext>, _ generator: inout SeededGenerator) async throws {
        for number in 0..<generator.below(20) {
            let patience = Self.work(&generator)
            let work = Self.work(&generator)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    do {
                        try #require(try await pool.run(Echo(number: number, work: work)) == number)
                    } catch {
                        try self.requirePoolError(error)
                    }
                }
                group.addTask { try await SimulatedClock.current?.sleep(for: patience) }
                _ = try await group.next()
                group.cancelAll()
            }
        }
    }

    /// Resizes the pool, kills workers, and in the end perhaps shuts it down while others use it.
    private func govern(_ pool: ProcessThreadPool<NoContext>, _ generator: inout SeededGenerator) async throws {
        for _ in 0..<generator.below(5) {
            try await SimulatedClock.current?.sleep(for: Self.work(&generator))
            if generator.oneIn(2) {
                try pool.resize(processes: 1 + generator.below(5))
            } else if faults.mostFaults != 0 {
                Simulation.current?.killWorker(at: generator.below(3))
            }
        }
        switch generator.below(12) {
        case 0: await pool.shutDown(.finishPending)
        case 1: await pool.shutDown(.cancelPending)
        case 2: await pool.shutDown(.finishPending, within: .milliseconds(10))
        case 3: await pool.kill()
        default: break
        }
    }

    // MARK: What must hold

    /// A task may fail by what the pool says of it, by nothing else.
    private func requirePoolError(_ error: any Error) throws {
        switch error {
        case is WorkerDied, is PoisonedTask, is TaskTimedOut, is CancellationError: return
        case let error as PoolError where [.shutDown, .poolFailed, .startFailed].contains(error.code): return
        default: throw error
        }
    }

    private func check(_ core: PoolCore, _ simulation: Simulation) throws {
        try #require(simulation.disturbances == 0)
        try #require(core.isTerminated)
        try #require(core.leftovers == PoolLeftovers())
        let counters = core.counters
        try #require(counters.ended == counters.submitted)
        let statistics = core.statistics
        try #require(statistics.liveWorkers == 0 && statistics.queuedTasks == 0 && statistics.tasksInWorkers == 0)
        var ended: Set<TaskID> = []
        var terminations = 0
        // Such a pool fails only before a worker has ever been ready.
        let mayFailLater = options.onWorkerDeath == .failPool || options.onStartFailure == .failPool
        var wasReady = false
        for entry in simulation.history {
            switch entry.event {
            case .pool(.taskEnded(let id, _)): try #require(ended.insert(id).inserted, "\(id) ended twice")
            case .pool(.terminated): terminations += 1
            case .pool(.workerReady): wasReady = true
            case .pool(.poolFailed): try #require(mayFailLater || !wasReady)
            default: break
            }
        }
        try #require(ended.count == counters.submitted)
        try #require(terminations == 1)
    }
}
