import Sennit
import Testing

@Suite struct EngineDeathTests {
    private let first = EngineDriver.worker(0)

    @Test func `a task that ran in a dead worker fails and the queue does not notice`() throws {
        var driver = EngineDriver()
        driver.becomeReady()
        _ = try driver.submit()
        let queued = try driver.submit()
        _ = driver.actions()
        driver.exit(first)
        let actions = driver.actions()
        #expect(actions.verdicts == [.workerDied(first, attempt: 1, neighbours: 0)])
        #expect(actions.starts == [EngineDriver.worker(0, 2)])
        driver.engine.workerReady(EngineDriver.worker(0, 2), now: driver.now)
        #expect(driver.actions().dispatched == [queued])
    }

    @Test func `nothing is given to a worker whose process has ended`() throws {
        var driver = EngineDriver(threads: 2) { $0.maximumPrefetch = 1 }
        driver.becomeReady()
        let ids = try (0..<4).map { _ in try driver.submit() }
        _ = driver.actions()
        driver.engine.workerLost(first, now: driver.now)
        driver.complete(ids[0])
        driver.engine.taskRevoked(ids[2], now: driver.now)
        #expect(driver.actions() == [.finish(ids[0], .received)])
        driver.engine.workerExited(first, failedToStart: false, now: driver.now)
        #expect(driver.actions().verdicts == [.workerDied(first, attempt: 1, neighbours: 0)])
        driver.engine.workerReady(EngineDriver.worker(0, 2), now: driver.now)
        #expect(driver.actions().dispatched == [ids[2], ids[3]])
    }

    @Test func `an idempotent task is tried again as often as it may`() throws {
        var driver = EngineDriver(threads: 2) { $0.poisonThreshold = 100 }
        driver.becomeReady()
        let id = try driver.submit {
            $0.isIdempotent = true
            $0.retries = 2
        }
        for incarnation in UInt32(1)...3 {
            #expect(driver.holder(id) == EngineDriver.worker(0, incarnation))
            driver.exit(EngineDriver.worker(0, incarnation))
            driver.pass(1000 * millisecond)
            driver.engine.workerReady(EngineDriver.worker(0, incarnation + 1), now: driver.now)
        }
        #expect(driver.actions().verdicts == [.workerDied(EngineDriver.worker(0, 3), attempt: 3, neighbours: 0)])
    }

    @Test func `a suspect runs alone and poison is found out`() throws {
        var driver = EngineDriver(threads: 2)
        driver.becomeReady()
        let options: (inout TaskSpecification) -> Void = {
            $0.isIdempotent = true
            $0.retries = 3
        }
        let poison = try driver.submit(options)
        let good = try driver.submit(options)
        for incarnation in UInt32(1)...2 {
            driver.exit(EngineDriver.worker(0, incarnation))
            driver.pass(1000 * millisecond)
            driver.engine.workerReady(EngineDriver.worker(0, incarnation + 1), now: driver.now)
        }
        #expect(driver.engine.workers[0].isExclusive)
        #expect(driver.holder(poison) != nil && driver.holder(good) == nil)
        _ = driver.actions()
        driver.exit(EngineDriver.worker(0, 3))
        #expect(driver.actions().verdicts == [.poisoned(EngineDriver.worker(0, 3), deaths: 3)])
        driver.pass(1000 * millisecond)
        driver.engine.workerReady(EngineDriver.worker(0, 4), now: driver.now)
        driver.complete(good)
        #expect(driver.actions().verdicts == [.received])
    }

    /// A pool of two with a suspect in its queue: worker 0 runs `busy`, worker 1 has died and waits for its restart.
    private func makeSuspect(_ adjust: (inout EngineLimits) -> Void = { _ in }) throws -> (
        driver: EngineDriver, busy: TaskID, suspect: TaskID
    ) {
        var driver = EngineDriver(processes: 2, threads: 2) {
            $0.poisonThreshold = 2
            $0.restartDelay = 1000 * millisecond
            adjust(&$0)
        }
        driver.becomeReady()
        let busy = try driver.submit()
        // The first death of the place, so that the next one is answered with a delay.
        driver.exit(EngineDriver.worker(1))
        driver.engine.startAll(now: driver.now)
        driver.engine.workerReady(EngineDriver.worker(1, 2), now: driver.now)
        let suspect = try driver.submit {
            $0.isIdempotent = true
            $0.retries = 3
        }
        driver.exit(EngineDriver.worker(1, 2))
        _ = driver.actions()
        return (driver, busy, suspect)
    }

    @Test func `a worker is emptied for a suspect while no other comes`() throws {
        var (driver, busy, suspect) = try makeSuspect()
        #expect(driver.engine.workers[0].reservedUntil != nil)
        let other = try driver.submit()
        #expect(driver.holder(other) == nil)
        driver.complete(busy)
        #expect(driver.holder(suspect) == first)
        driver.complete(suspect)
        #expect(driver.holder(other) == first)
    }

    @Test func `a suspect that is cancelled frees the worker reserved for it`() throws {
        var (driver, _, suspect) = try makeSuspect()
        let other = try driver.submit()
        driver.engine.cancel(suspect, now: driver.now)
        #expect(driver.holder(other) == first)
    }

    @Test func `a reservation is given up after the grace period`() throws {
        var (driver, _, suspect) = try makeSuspect { $0.gracePeriod = 10 * millisecond }
        driver.pass(11 * millisecond)
        #expect(driver.holder(suspect) == first)
        #expect(!driver.engine.workers[0].isExclusive)
    }

    @Test func `one death fails the whole pool if that is the policy`() throws {
        var driver = EngineDriver(processes: 2) { $0.failsPoolOnDeath = true }
        driver.becomeReady()
        for _ in 0..<3 { _ = try driver.submit() }
        _ = driver.actions()
        driver.exit(first)
        let actions = driver.actions()
        #expect(actions.verdicts == [.workerDied(first, attempt: 1, neighbours: 0), .poolFailed, .poolFailed])
        #expect(actions.kills == [.poolKilled])
        #expect(throws: SubmissionRefusal.poolFailed) { try driver.submit() }
    }

    @Test func `a death is answered at once and a series of deaths ever later`() throws {
        var driver = EngineDriver { $0.restartDelay = 10 * millisecond }
        driver.becomeReady()
        for _ in 0..<3 { _ = try driver.submit() }
        driver.exit(first)
        #expect(driver.state() == .starting)
        driver.engine.workerReady(EngineDriver.worker(0, 2), now: driver.now)
        driver.exit(EngineDriver.worker(0, 2))
        #expect(driver.state() == .waiting(until: driver.now + 10 * millisecond))
        driver.pass(11 * millisecond)
        #expect(driver.state() == .starting)
    }
}
