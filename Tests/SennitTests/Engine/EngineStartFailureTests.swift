import Sennit
import Testing

@Suite struct EngineStartFailureTests {
    private let first = EngineDriver.worker(0)

    /// Lets the start of every worker that is being started fail.
    private func failStarts(_ driver: inout EngineDriver) {
        for record in driver.engine.workers where record.state == .starting {
            driver.exit(record.id, failedToStart: true)
        }
    }

    @Test func `a pool that has been ready outlasts any number of failed starts, and its tasks do too`() throws {
        var driver = EngineDriver(processes: 4) { $0.startAttempts = 3 }
        driver.engine.startAll(now: driver.now)
        driver.engine.workerReady(first, now: driver.now)
        let running = try driver.submit()
        let waiting = try (0..<3).map { _ in try driver.submit() }
        for _ in 0..<50 {
            failStarts(&driver)
            driver.pass(driver.engine.starts.pause)
        }
        #expect(!driver.engine.hasFailed)
        #expect(driver.engine.starts.failures > 40)
        #expect(driver.actions().verdicts.isEmpty)
        // The ready worker goes on with what waits.
        driver.complete(running)
        for id in waiting { driver.complete(id) }
        #expect(driver.engine.counters.received == 4)
    }

    @Test func `pauses grow up to their bound, however many places there are`() throws {
        var driver = EngineDriver(processes: 64) {
            $0.restartDelay = 10 * millisecond
            $0.maximumRestartDelay = 1000 * millisecond
        }
        driver.engine.startAll(now: driver.now)
        driver.engine.workerReady(first, now: driver.now)
        for _ in 0..<1000 { _ = try driver.submit() }
        var moments: [Nanoseconds] = []
        failStarts(&driver)
        _ = driver.actions()
        let began = driver.now
        while driver.now < began + 20_000 * millisecond {
            driver.pass(millisecond)
            let starts = driver.actions().starts
            #expect(starts.count <= 1)
            for worker in starts {
                moments.append(driver.now)
                driver.exit(worker, failedToStart: true)
            }
        }
        let pauses = zip(moments, moments.dropFirst()).map { $1 - $0 }
        #expect(zip(pauses, pauses.dropFirst()).allSatisfy { $0 <= $1 + millisecond }, "\(pauses)")
        #expect(pauses.allSatisfy { $0 <= 1002 * millisecond })
        // One a second at the end, and eight on the way there.
        #expect((20...30).contains(moments.count), "\(moments.count)")
    }

    @Test func `the first worker that becomes ready lets the others start at once`() throws {
        var driver = EngineDriver(processes: 4)
        driver.becomeReady()
        for number in 0..<4 { driver.exit(EngineDriver.worker(number)) }
        for _ in 0..<8 { _ = try driver.submit() }
        for _ in 0..<5 {
            failStarts(&driver)
            driver.pass(driver.engine.starts.pause)
        }
        let probe = try #require(driver.engine.workers.first { $0.state == .starting })
        driver.engine.workerReady(probe.id, now: driver.now)
        #expect(driver.engine.starts.failures == 0)
        driver.pass(1000 * millisecond)
        #expect(driver.engine.workers.allSatisfy { $0.isAlive })
    }

    @Test func `workers that start together and fail together are one attempt`() throws {
        var driver = EngineDriver(processes: 8) { $0.startAttempts = 2 }
        driver.engine.startAll(now: driver.now)
        driver.now += millisecond
        failStarts(&driver)
        #expect(driver.engine.starts.failures == 1)
        #expect(!driver.engine.hasFailed)
        #expect(driver.engine.counters.startsFailed == 8)
    }

    @Test func `a pool that has never been ready waits for the last start under way before it fails`() throws {
        var driver = EngineDriver(processes: 2) { $0.startAttempts = 2 }
        _ = try driver.submit()
        _ = try driver.submit()
        let slow = EngineDriver.worker(1)
        driver.exit(first, failedToStart: true)
        driver.pass(100 * millisecond)
        driver.exit(EngineDriver.worker(0, 2), failedToStart: true)
        driver.pass(10_000 * millisecond)
        #expect(!driver.engine.hasFailed)
        #expect(!driver.actions().starts.contains(EngineDriver.worker(0, 3)))
        var lucky = driver
        lucky.engine.workerReady(slow, now: lucky.now)
        #expect(!lucky.engine.hasFailed)
        driver.exit(slow, failedToStart: true)
        #expect(driver.engine.hasFailed)
        #expect(driver.actions().verdicts == [.poolFailed, .poolFailed])
    }

    @Test func `the policy lets a pool fail once it has no worker, and not before`() throws {
        var driver = EngineDriver(processes: 2) {
            $0.startAttempts = 2
            $0.failsPoolOnStartFailure = true
        }
        driver.engine.startAll(now: driver.now)
        driver.engine.workerReady(first, now: driver.now)
        let running = try driver.submit()
        let waiting = try driver.submit()
        for _ in 0..<5 {
            failStarts(&driver)
            driver.pass(driver.engine.starts.pause)
        }
        #expect(!driver.engine.hasFailed)
        driver.exit(first)
        for _ in 0..<5 {
            failStarts(&driver)
            driver.pass(driver.engine.starts.pause)
        }
        #expect(driver.engine.hasFailed)
        #expect(driver.engine.tasks.index(of: running) == nil && driver.engine.tasks.index(of: waiting) == nil)
        #expect(driver.engine.counters.lostToDeaths == 1 && driver.engine.counters.refused == 1)
    }

    @Test func `without a worker tasks wait until their deadlines`() throws {
        var driver = EngineDriver()
        driver.becomeReady()
        driver.exit(first)
        let id = try driver.submit { $0.deadline = 100_000 * millisecond }
        for _ in 0..<20 {
            failStarts(&driver)
            driver.pass(1000 * millisecond)
        }
        #expect(driver.engine.tasks.index(of: id) != nil)
        driver.pass(100_000 * millisecond)
        #expect(driver.actions().contains(.finish(id, .deadlinePassed(started: false))))
        #expect(!driver.engine.hasFailed)
    }

    @Test func `a shutdown gives what waits its attempts, then ends`() throws {
        var driver = EngineDriver(processes: 2) { $0.startAttempts = 3 }
        driver.becomeReady()
        for number in 0..<2 { driver.exit(EngineDriver.worker(number)) }
        let waiting = try driver.submit()
        for _ in 0..<10 {
            failStarts(&driver)
            driver.pass(driver.engine.starts.pause)
        }
        failStarts(&driver)
        _ = driver.actions()
        driver.engine.shutDown(cancelPending: false, now: driver.now)
        var actions: [EngineAction] = []
        for _ in 0..<20 where driver.engine.phase != .terminated {
            let list = driver.actions()
            actions += list
            for worker in list.starts { driver.exit(worker, failedToStart: true) }
            driver.pass(driver.engine.starts.pause)
        }
        actions += driver.actions()
        #expect(actions.contains(.finish(waiting, .noWorker)))
        #expect(actions.last == .terminated)
        #expect((3...5).contains(actions.starts.count), "\(actions.starts)")
    }

    @Test func `a shutdown ends bound tasks whose place has no worker, and no others`() throws {
        var driver = EngineDriver(processes: 2) { $0.startAttempts = 2 }
        driver.becomeReady()
        let key = try #require((UInt64(0)..<100).first { JumpHash.bucket(of: $0, count: 2) == 1 })
        driver.exit(EngineDriver.worker(1))
        let running = try driver.submit()
        let bound = try driver.submit { $0.keyHash = key }
        driver.engine.shutDown(cancelPending: false, now: driver.now)
        for _ in 0..<5 {
            failStarts(&driver)
            driver.pass(driver.engine.starts.pause)
        }
        #expect(driver.engine.tasks.index(of: bound) == nil)
        #expect(driver.engine.tasks.index(of: running) != nil)
        driver.complete(running)
        driver.exit(first)
        #expect(driver.engine.phase == .terminated)
        #expect(!driver.engine.hasFailed)
    }

    @Test func `killing a pool whose starts fail ends it at once`() throws {
        var driver = EngineDriver()
        driver.becomeReady()
        driver.exit(first)
        let id = try driver.submit()
        failStarts(&driver)
        driver.engine.killAll(now: driver.now)
        #expect(driver.actions().suffix(2) == [.finish(id, .shutDown), .terminated])
    }

    @Test func `who asks for all workers does not wait for the pause, and is told when it is in vain`() throws {
        var driver = EngineDriver(processes: 1) { $0.startAttempts = 2 }
        driver.becomeReady()
        driver.engine.resize(processes: 2, now: driver.now)
        driver.engine.startAll(now: driver.now)
        for _ in 0..<10 {
            failStarts(&driver)
            driver.pass(driver.engine.starts.pause)
        }
        failStarts(&driver)
        let before = driver.engine.starts.attempts
        driver.now += 1
        driver.engine.startAll(now: driver.now)
        #expect(driver.engine.workers[1].state == .starting)
        #expect(!driver.engine.hasGivenUpStarts(since: before))
        for _ in 0..<2 {
            failStarts(&driver)
            driver.pass(driver.engine.starts.pause)
        }
        #expect(driver.engine.hasGivenUpStarts(since: before))
    }

    @Test func `a suspect gets a worker of its own though no other can be started`() throws {
        var driver = EngineDriver(processes: 2, threads: 2) { $0.poisonThreshold = 2 }
        driver.becomeReady()
        let busy = try driver.submit()
        let suspect = try driver.submit {
            $0.isIdempotent = true
            $0.retries = 3
        }
        #expect(driver.holder(suspect) == EngineDriver.worker(1))
        driver.exit(EngineDriver.worker(1))
        failStarts(&driver)
        driver.complete(busy)
        #expect(driver.holder(suspect) == first)
    }
}

@Suite struct StartPolicyTests {
    @Test func `pauses double up to a bound until a worker is ready`() {
        var policy = StartPolicy(delay: 10_000_000, maximumDelay: 50_000_000)
        var pauses: [Nanoseconds] = []
        for moment in UInt64(1)...5 {
            policy.startFailed(startedAt: moment * 1_000_000_000, at: moment * 1_000_000_000 + 5)
            pauses.append(policy.pause / 1_000_000)
            #expect(policy.nextStart == moment * 1_000_000_000 + 5 + policy.pause)
        }
        #expect(pauses == [10, 20, 40, 50, 50])
        policy.reset()
        #expect(policy.mayStart(at: 0))
        #expect(policy.attempts == 5)
    }

    @Test(arguments: [0, 1, 1_000_000, .max / 4] as [Nanoseconds], [0, 1, 10_000_000_000, .max / 4] as [Nanoseconds])
    func `no settings make it overflow or start without a pause`(delay: Nanoseconds, longest: Nanoseconds) {
        var policy = StartPolicy(delay: delay, maximumDelay: longest)
        for moment in UInt64(1)...200 {
            let now = moment * 1_000_000_000_000
            policy.startFailed(startedAt: now, at: now)
            #expect(policy.pause >= StartPolicy.shortestDelay)
            #expect(policy.pause <= max(longest, StartPolicy.shortestDelay))
        }
        #expect(policy.failures == 200)
    }
}
