import Sennit
import Testing

@Suite struct EngineShutdownTests {
    private let first = EngineDriver.worker(0)

    @Test func `a pool that never started terminates at once`() {
        var driver = EngineDriver()
        driver.engine.shutDown(cancelPending: false, now: driver.now)
        #expect(driver.actions() == [.terminated])
    }

    @Test func `what is queued is finished before the workers end`() throws {
        var driver = EngineDriver()
        driver.becomeReady()
        let ids = try (0..<2).map { _ in try driver.submit() }
        driver.engine.shutDown(cancelPending: false, now: driver.now)
        #expect(throws: SubmissionRefusal.shutDown) { try driver.submit() }
        for id in ids { driver.complete(id) }
        #expect(driver.actions().last == .stop(first))
        driver.exit(first)
        #expect(driver.actions() == [.terminated])
    }

    @Test func `pending tasks are cancelled and running ones let finish`() throws {
        var driver = EngineDriver { $0.maximumPrefetch = 1 }
        driver.becomeReady()
        let running = try driver.submit()
        let prefetched = try driver.submit()
        let queued = try driver.submit()
        driver.engine.shutDown(cancelPending: true, now: driver.now)
        driver.engine.revocationRefused(running, now: driver.now)
        driver.engine.taskRevoked(prefetched, now: driver.now)
        let actions = driver.actions()
        #expect(actions.contains(.finish(queued, .cancelled)))
        #expect(actions.contains(.finish(prefetched, .cancelled)))
        #expect(!actions.contains(.cancelRunning(running, first)))
        driver.complete(running)
        driver.exit(first)
        #expect(driver.actions().last == .terminated)
    }

    @Test func `finishing turns into cancelling on a second call`() throws {
        var driver = EngineDriver()
        driver.becomeReady()
        _ = try driver.submit()
        _ = try driver.submit()
        driver.engine.shutDown(cancelPending: false, now: driver.now)
        #expect(driver.engine.queued == 1)
        driver.engine.shutDown(cancelPending: true, now: driver.now)
        #expect(driver.engine.queued == 0)
    }

    @Test func `killing everything tells every caller and waits for every exit`() throws {
        var driver = EngineDriver(processes: 2)
        driver.engine.startAll(now: driver.now)
        driver.engine.workerReady(first, now: driver.now)
        _ = try driver.submit()
        _ = try driver.submit()
        _ = driver.actions()
        driver.engine.killAll(now: driver.now)
        let actions = driver.actions()
        #expect(actions.verdicts == [.shutDown, .shutDown])
        #expect(actions.kills == [.poolKilled, .poolKilled])
        driver.exit(first)
        #expect(!driver.actions().contains(.terminated))
        driver.exit(EngineDriver.worker(1), failedToStart: true)
        #expect(driver.actions() == [.terminated])
    }

    @Test(arguments: ["starting", "waiting", "draining", "stopping"])
    func `shutdown terminates whatever its worker is doing`(state: String) throws {
        var driver = EngineDriver {
            $0.idleTimeout = millisecond
            if state == "draining" { $0.maximumTasksPerWorker = 1 }
        }
        switch state {
        case "starting":
            driver.engine.startAll(now: driver.now)
        case "waiting":
            driver.engine.startAll(now: driver.now)
            driver.exit(first, failedToStart: true)
        case "draining":
            driver.becomeReady()
            let id = try driver.submit()
            driver.engine.shutDown(cancelPending: false, now: driver.now)
            driver.complete(id)
        default:
            driver.becomeReady()
            driver.pass(2 * millisecond)
        }
        driver.engine.shutDown(cancelPending: false, now: driver.now)
        driver.exit(first)
        #expect(driver.actions().filter { $0 == .terminated }.count == 1)
        driver.engine.killAll(now: driver.now)
        driver.pass(100_000 * millisecond)
        #expect(driver.actions().isEmpty)
    }

    @Test func `a failed pool terminates once it is shut down`() throws {
        var driver = EngineDriver { $0.startAttempts = 1 }
        _ = try driver.submit()
        driver.exit(first, failedToStart: true)
        #expect(!driver.actions().contains(.terminated))
        driver.engine.shutDown(cancelPending: false, now: driver.now)
        #expect(driver.actions() == [.terminated])
    }

    @Test func `those who wait for room hear of the end`() throws {
        var driver = EngineDriver { $0.maximumQueuedTasks = 1 }
        _ = try driver.submit()
        #expect(throws: SubmissionRefusal.full) { try driver.submit() }
        _ = driver.actions()
        driver.engine.shutDown(cancelPending: false, now: driver.now)
        #expect(driver.actions().contains(.admit))
    }
}
