import Sennit
import Testing

@Suite struct EngineCancellationTests {
    @Test func `a queued task is cancelled at once`() throws {
        var driver = EngineDriver()
        driver.becomeReady()
        _ = try driver.submit()
        let queued = try driver.submit()
        _ = driver.actions()
        driver.engine.cancel(queued, now: driver.now)
        #expect(driver.actions() == [.finish(queued, .cancelled)])
    }

    @Test func `a dispatched task is taken back if it has not started`() throws {
        var driver = EngineDriver()
        driver.becomeReady()
        let id = try driver.submit()
        driver.engine.cancel(id, now: driver.now)
        #expect(driver.actions().last == .revoke(id, EngineDriver.worker(0)))
        driver.engine.taskRevoked(id, now: driver.now)
        #expect(driver.actions() == [.finish(id, .cancelled)])
    }

    @Test func `a running task is told and ends by itself`() throws {
        var driver = EngineDriver()
        driver.becomeReady()
        let id = try driver.submit()
        driver.engine.cancel(id, now: driver.now)
        _ = driver.actions()
        driver.engine.revocationRefused(id, now: driver.now)
        #expect(driver.actions() == [.cancelRunning(id, EngineDriver.worker(0))])
        driver.complete(id)
        #expect(driver.actions() == [.finish(id, .received)])
    }

    @Test func `a task that ignores its cancellation for too long ends with its worker`() throws {
        var driver = EngineDriver()
        driver.becomeReady()
        let id = try driver.submit { $0.killAfterCancellation = 3 * millisecond }
        driver.engine.cancel(id, now: driver.now)
        driver.engine.revocationRefused(id, now: driver.now)
        _ = driver.actions()
        driver.pass(4 * millisecond)
        let actions = driver.actions()
        #expect(actions.verdicts == [.cancelled])
        #expect(actions.kills == [.taskKilled(id)])
        driver.exit(EngineDriver.worker(0))
        #expect(driver.actions() == [.discard(id)])
    }

    @Test func `killing a running task waits for its neighbours' grace`() throws {
        var driver = EngineDriver(threads: 2) { $0.gracePeriod = 10 * millisecond }
        driver.becomeReady()
        let victim = try driver.submit()
        _ = try driver.submit()
        driver.engine.killTask(victim, now: driver.now)
        driver.engine.revocationRefused(victim, now: driver.now)
        #expect(driver.actions().kills.isEmpty)
        driver.pass(9 * millisecond)
        #expect(driver.actions().kills.isEmpty)
        driver.pass(2 * millisecond)
        #expect(driver.actions().kills == [.taskKilled(victim)])
    }

    @Test func `a late answer to a revocation changes nothing`() throws {
        var driver = EngineDriver()
        driver.becomeReady()
        let id = try driver.submit()
        driver.complete(id)
        _ = driver.actions()
        driver.engine.taskRevoked(id, now: driver.now)
        driver.engine.revocationRefused(id, now: driver.now)
        driver.engine.startObserved(id, startedAt: 1, now: driver.now)
        driver.complete(id)
        #expect(driver.actions().isEmpty)
    }
}
