import Sennit
import Testing

@Suite struct EngineDispatchTests {
    @Test func `a task goes straight to a ready worker and its outcome to the caller`() throws {
        var driver = EngineDriver()
        driver.becomeReady()
        let id = try driver.submit()
        #expect(driver.actions() == [.dispatch(id, EngineDriver.worker(0), attempt: 1)])
        driver.complete(id)
        #expect(driver.actions() == [.finish(id, .received)])
        #expect(driver.engine.tasks.count == 0)
    }

    @Test func `workers start only as tasks need them`() throws {
        var driver = EngineDriver(processes: 3, threads: 2)
        _ = try driver.submit()
        #expect(driver.actions().starts == [EngineDriver.worker(0)])
        _ = try driver.submit()
        #expect(driver.actions().starts.isEmpty)
        _ = try driver.submit()
        #expect(driver.actions().starts == [EngineDriver.worker(1)])
    }

    @Test func `the least loaded worker gets the next task`() throws {
        var driver = EngineDriver(processes: 2, threads: 2)
        driver.becomeReady()
        let ids = try (0..<4).map { _ in try driver.submit() }
        #expect(ids.map { driver.holder($0)?.number } == [0, 1, 0, 1])
    }

    @Test func `a worker never holds more than its window`() throws {
        var driver = EngineDriver(threads: 2) { $0.maximumPrefetch = 1 }
        driver.becomeReady()
        for _ in 0..<5 { _ = try driver.submit() }
        #expect(driver.engine.workers[0].held.count == 3)
        #expect(driver.engine.queued == 2)
    }

    @Test func `urgent tasks overtake and equals keep their order`() throws {
        var driver = EngineDriver()
        driver.becomeReady()
        let running = try driver.submit()
        let low = try driver.submit { $0.priority = .low }
        let first = try driver.submit()
        let second = try driver.submit()
        let high = try driver.submit { $0.priority = .high }
        _ = driver.actions()
        for id in [running, high, first, second] { driver.complete(id) }
        #expect(driver.actions().dispatched == [high, first, second, low])
    }

    @Test func `equal keys share a worker and do not starve the others`() throws {
        var driver = EngineDriver(processes: 2)
        driver.becomeReady()
        let place = JumpHash.bucket(of: 7, count: 2)
        let keyed = try (0..<2).map { _ in try driver.submit { $0.keyHash = 7 } }
        #expect(driver.holder(keyed[0])?.number == place)
        let filler = try driver.submit()
        let common = try driver.submit()
        let later = try driver.submit { $0.keyHash = 7 }
        #expect(driver.holder(filler)?.number == 1 - place)
        driver.complete(keyed[0])
        #expect(driver.holder(keyed[1])?.number == place)
        driver.complete(keyed[1])
        #expect(driver.holder(common)?.number == place)
        driver.complete(common)
        #expect(driver.holder(later)?.number == place)
    }

    @Test func `a full queue refuses and says when there is room`() throws {
        var driver = EngineDriver { $0.maximumQueuedTasks = 1 }
        driver.becomeReady()
        let running = try driver.submit()
        _ = try driver.submit()
        #expect(throws: SubmissionRefusal.full) { try driver.submit() }
        _ = driver.actions()
        driver.complete(running)
        #expect(driver.actions().contains(.admit))
        #expect(!driver.engine.submissionsWaiting)
    }

    @Test func `a task that waits behind a busy worker moves to an idle thread`() throws {
        var driver = EngineDriver(processes: 2) { $0.maximumPrefetch = 1 }
        driver.engine.startAll(now: driver.now)
        driver.engine.workerReady(EngineDriver.worker(0), now: driver.now)
        _ = try driver.submit()
        let waiting = try driver.submit()
        driver.engine.workerReady(EngineDriver.worker(1), now: driver.now)
        driver.pass(2 * millisecond)
        #expect(driver.actions().contains(.revoke(waiting, EngineDriver.worker(0))))
        driver.engine.taskRevoked(waiting, now: driver.now)
        #expect(driver.actions() == [.dispatch(waiting, EngineDriver.worker(1), attempt: 1)])
    }

    @Test func `surplus that cannot be moved is looked at less and less often`() throws {
        var driver = EngineDriver(processes: 2) { $0.maximumPrefetch = 1 }
        driver.becomeReady()
        for _ in 0..<2 { _ = try driver.submit { $0.keyHash = 7 } }
        let other = try driver.submit()
        driver.complete(other)
        var looks = 0
        while let next = driver.engine.nextTimer, next < 1000 * millisecond {
            driver.engine.timeReached(next)
            looks += 1
        }
        #expect(looks < 30)
    }
}
