import Sennit

/// The settings and the misfortunes of one simulated history, all drawn from its seed.
struct SimulationPlan: Sendable {
    /// Only poisonous tasks harm workers: every other task that may be tried again must then succeed.
    let isOnlyPoisonHarmful: Bool
    let limits: EngineLimits
    /// When the world stops injecting faults.
    let calm: Nanoseconds
    /// How likely a start is to fail, from 0 to 1.
    let startFailure: Double
    let longestRun: Nanoseconds
    let keys: Int

    static let millisecond: Nanoseconds = 1_000_000

    init(seed: UInt64, generator: inout SeededGenerator) {
        isOnlyPoisonHarmful = seed % 4 == 0
        calm = Self.millisecond * (20 + generator.duration(upTo: 130))
        keys = generator.pick([0, 0, 1, 3, 8])
        longestRun = generator.pick([Self.millisecond / 50, Self.millisecond, 5 * Self.millisecond])
        startFailure = generator.pick([0, 0, 0.05, 0.2, 0.5, 0.9, 1])
        limits = Self.limits(isGentle: isOnlyPoisonHarmful, generator: &generator)
    }

    private static func limits(isGentle: Bool, generator: inout SeededGenerator) -> EngineLimits {
        var limits = EngineLimits()
        limits.processes = 1 + generator.below(4)
        limits.threadsPerProcess = generator.pick([1, 1, 2, 3, 6])
        limits.maximumQueuedTasks = generator.pick([1, 5, 20, 1 << 20, 1 << 20])
        limits.maximumPrefetch = generator.pick([0, 1, 4, 256])
        limits.poisonThreshold = 1 + generator.below(3)
        limits.startAttempts = 1 + generator.below(4)
        limits.startTimeout = 50 * millisecond
        limits.restartDelay = generator.pick([0, millisecond, 10 * millisecond])
        limits.maximumRestartDelay = 100 * millisecond
        limits.gracePeriod = isGentle ? 10_000 * millisecond : generator.pick([0, 3 * millisecond, 20 * millisecond])
        limits.cancellationAllowance = generator.pick([0, millisecond])
        limits.stopTimeout = 30 * millisecond
        limits.maximumTasksPerWorker = generator.pick([.max, .max, 1, 7])
        limits.maximumMemoryPerWorker = 1000
        limits.idleTimeout = generator.pick([nil, nil, 2 * millisecond, 30 * millisecond])
        limits.heartbeatInterval = generator.pick([0, 5 * millisecond, 20 * millisecond])
        limits.heartbeatTimeout = 20 * millisecond
        limits.failsPoolOnDeath = !isGentle && generator.oneIn(12)
        limits.failsPoolOnStartFailure = !isGentle && generator.oneIn(6)
        limits.startsEagerly = generator.oneIn(4)
        return limits
    }

    /// What the users and misfortune will do, apart from what tasks do by themselves.
    func events(generator: inout SeededGenerator) -> [(time: Nanoseconds, event: SimulationEvent)] {
        var events: [(time: Nanoseconds, event: SimulationEvent)] = [(calm, .calm)]
        func add(_ count: Int, _ event: (inout SeededGenerator) -> SimulationEvent) {
            for _ in 0..<count { events.append((generator.duration(upTo: calm), event(&generator))) }
        }
        events.append((0, .submit(count: 1 + generator.below(12))))
        add(generator.below(12)) { .submit(count: 1 + $0.below(8)) }
        add(generator.below(3)) { _ in .resize }
        if generator.oneIn(3) { add(1) { _ in .startAll } }
        add(generator.below(3)) { .grow(number: $0.below(4)) }
        guard !isOnlyPoisonHarmful else { return events }
        add(generator.below(10)) { _ in .cancelOne }
        add(generator.below(4)) { _ in .killOne }
        add(generator.below(5)) { .strike(number: $0.below(4)) }
        add(generator.below(3)) { .freeze(number: $0.below(4)) }
        if generator.oneIn(12) { add(1) { _ in .cancelEverything } }
        if generator.oneIn(4) { add(1 + generator.below(2)) { .shutDown(cancelPending: $0.oneIn(2)) } }
        if generator.oneIn(10) { add(1) { _ in .killAll } }
        return events
    }

    func task(now: Nanoseconds, generator: inout SeededGenerator) -> SimulatedTask {
        var specification = TaskSpecification()
        specification.priority = generator.pick([.low, .normal, .normal, .high])
        specification.keyHash = keys > 0 && generator.oneIn(2) ? UInt64(generator.below(keys)) : nil
        specification.isIdempotent = generator.oneIn(2)
        specification.retries = isOnlyPoisonHarmful ? 3 : generator.below(5)
        let run = generator.duration(upTo: longestRun)
        var behaviour = SimulatedTask.Behaviour.returns(after: run)
        if generator.oneIn(12) {
            behaviour = .poisons(after: run)
        } else if !isOnlyPoisonHarmful {
            if generator.oneIn(3) { specification.timeout = 1 + generator.duration(upTo: 2 * longestRun) }
            if generator.oneIn(6) { specification.deadline = now + 1 + generator.duration(upTo: 10 * longestRun) }
            if generator.oneIn(3) { specification.killAfterCancellation = generator.duration(upTo: Self.millisecond) }
            if generator.oneIn(15) { behaviour = .hangs }
        }
        let mayTravelTogether =
            specification.keyHash == nil && specification.timeout == 0 && specification.deadline == 0
            && specification.killAfterCancellation == nil
        if mayTravelTogether, generator.oneIn(2) { specification.size = 2 + generator.below(15) }
        return SimulatedTask(
            specification: specification, behaviour: behaviour, heedsCancellation: !generator.oneIn(3))
    }
}
