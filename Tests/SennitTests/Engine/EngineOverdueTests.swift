import Sennit
import Testing

@Suite struct EngineOverdueTests {
    @Test func `the timeout counts from the start in the worker`() throws {
        var driver = EngineDriver()
        driver.becomeReady()
        let id = try driver.submit { $0.timeout = 10 * millisecond }
        driver.pass(11 * millisecond)
        #expect(driver.actions().contains(.observeStart(id, EngineDriver.worker(0))))
        driver.engine.startObserved(id, startedAt: driver.now - 4 * millisecond, now: driver.now)
        #expect(driver.actions().isEmpty)
        driver.pass(7 * millisecond)
        #expect(driver.actions() == [.observeStart(id, EngineDriver.worker(0))])
        driver.engine.startObserved(id, startedAt: driver.now - 11 * millisecond, now: driver.now)
        #expect(driver.actions().verdicts == [.timedOut(limit: 10 * millisecond, started: true)])
    }

    private func overdue(_ driver: inout EngineDriver, _ id: TaskID) {
        driver.pass(2 * millisecond)
        driver.engine.startObserved(id, startedAt: driver.now - 2 * millisecond, now: driver.now)
    }

    @Test func `an overdue task that notices in time costs nothing`() throws {
        var driver = EngineDriver()
        driver.becomeReady()
        let id = try driver.submit { $0.timeout = millisecond }
        overdue(&driver, id)
        _ = driver.actions()
        driver.complete(id)
        #expect(driver.actions() == [.discard(id), .resume(EngineDriver.worker(0))])
        driver.pass(100 * millisecond)
        #expect(driver.actions().isEmpty)
        #expect(driver.state() == .ready)
    }

    @Test func `an overdue task that is alone takes its worker with it`() throws {
        var driver = EngineDriver()
        driver.becomeReady()
        let id = try driver.submit { $0.timeout = millisecond }
        overdue(&driver, id)
        driver.pass(6 * millisecond)
        #expect(driver.actions().kills == [.taskOverdue(id)])
    }

    @Test func `an overdue task that leaves late gives its worker back`() throws {
        var driver = EngineDriver(threads: 2)
        driver.becomeReady()
        let id = try driver.submit { $0.timeout = millisecond }
        _ = try driver.submit()
        overdue(&driver, id)
        driver.pass(6 * millisecond)
        #expect(driver.state() == .draining(.overdueTask))
        driver.complete(id)
        #expect(driver.actions().last == .resume(EngineDriver.worker(0)))
        #expect(driver.state() == .ready)
    }

    @Test func `a grace that has ended well does not shorten the next one`() throws {
        var driver = EngineDriver(threads: 2) { $0.gracePeriod = 100 * millisecond }
        driver.becomeReady()
        _ = try driver.submit()
        let first = try driver.submit { $0.timeout = millisecond }
        overdue(&driver, first)
        driver.pass(50 * millisecond)
        driver.complete(first)
        let second = try driver.submit { $0.timeout = millisecond }
        overdue(&driver, second)
        _ = driver.actions()
        driver.pass(90 * millisecond)
        #expect(driver.actions().kills.isEmpty)
        driver.pass(20 * millisecond)
        #expect(driver.actions().kills == [.taskOverdue(second)])
    }

    @Test func `neighbours that may be tried again survive the kill of an overdue task`() throws {
        var driver = EngineDriver(threads: 2) { $0.gracePeriod = millisecond }
        driver.becomeReady()
        let neighbour = try driver.submit {
            $0.isIdempotent = true
            $0.retries = 1
        }
        let id = try driver.submit { $0.timeout = millisecond }
        overdue(&driver, id)
        driver.pass(10 * millisecond)
        driver.exit(EngineDriver.worker(0))
        driver.engine.workerReady(EngineDriver.worker(0, 2), now: driver.now)
        #expect(driver.actions().contains(.dispatch(neighbour, EngineDriver.worker(0, 2), attempt: 2)))
    }

    @Test func `a deadline tells truly whether the task had started`() throws {
        var driver = EngineDriver(threads: 2)
        driver.becomeReady()
        let pending = try driver.submit { $0.deadline = 10 }
        let running = try driver.submit { $0.deadline = 10 }
        let queued = try driver.submit { $0.deadline = 10 }
        driver.now = 10
        driver.engine.timeReached(10)
        driver.engine.taskRevoked(pending, now: 10)
        driver.engine.revocationRefused(running, now: 10)
        let actions = driver.actions()
        #expect(actions.contains(.finish(pending, .deadlinePassed(started: false))))
        #expect(actions.contains(.finish(running, .deadlinePassed(started: true))))
        #expect(actions.contains(.finish(queued, .deadlinePassed(started: false))))
        #expect(throws: SubmissionRefusal.deadlinePassed) { try driver.submit { $0.deadline = 10 } }
    }

    @Test func `a task has one timeout timer however often it is dispatched`() throws {
        var driver = EngineDriver()
        driver.becomeReady()
        let id = try driver.submit { $0.timeout = 1000 * millisecond }
        let before = driver.engine.timers.count
        for _ in 0..<50 { driver.engine.taskRevoked(id, now: driver.now) }
        #expect(driver.engine.timers.count == before)
    }

    @Test func `timers of ended tasks are swept`() throws {
        var driver = EngineDriver()
        driver.becomeReady()
        for _ in 0..<20_000 { driver.complete(try driver.submit { $0.timeout = 1000 * millisecond }) }
        #expect(driver.engine.timers.count <= 1100)
    }
}
