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

    /// A driver whose workers have had many tasks of this length, and hold none.
    private func driver(afterTasksOf runTime: Nanoseconds, processes: Int = 3) throws -> EngineDriver {
        var driver = EngineDriver(processes: processes) { $0.maximumPrefetch = 256 }
        driver.becomeReady()
        for _ in 0..<40 {
            let ids = try (0..<processes).map { _ in try driver.submit() }
            for id in ids { driver.complete(id, ranFor: runTime) }
        }
        for number in 0..<processes { #expect(driver.engine.workers[number].held.isEmpty) }
        return driver
    }

    @Test func `tiny tasks fill a worker at work before the next one is woken`() throws {
        var driver = try driver(afterTasksOf: 1_000)
        let ids = try (0..<150).map { _ in try driver.submit() }
        #expect(Set(ids.map { driver.holder($0)?.number }) == [0])
        let next = try driver.submit()
        #expect(driver.holder(next)?.number == 1)
        for _ in 0..<2_000 { _ = try driver.submit() }
        #expect(driver.engine.workers.allSatisfy { $0.held.count == $0.window.limit })
        #expect(driver.engine.queued > 0)
    }

    @Test(arguments: [5_000, 1_000_000] as [Nanoseconds])
    func `tasks that are not tiny go to the least loaded worker`(runTime: Nanoseconds) throws {
        var driver = try driver(afterTasksOf: runTime)
        let ids = try (0..<6).map { _ in try driver.submit() }
        #expect(ids.map { driver.holder($0)?.number } == [0, 1, 2, 0, 1, 2])
    }

    @Test func `tasks behind one that turns out long move to an idle worker after a millisecond`() throws {
        var driver = try driver(afterTasksOf: 1_000, processes: 2)
        let ids = try (0..<20).map { _ in try driver.submit() }
        #expect(Set(ids.map { driver.holder($0)?.number }) == [0])
        _ = driver.actions()
        // Worker 0 is stuck in the first one; nothing else happens in the pool.
        driver.pass(Engine.shortestRebalanceDelay)
        let revoked = driver.actions().compactMap { action -> TaskID? in
            guard case .revoke(let id, EngineDriver.worker(0)) = action else { return nil }
            return id
        }
        #expect(Set(revoked) == Set(ids.dropFirst()))
        for id in revoked { driver.engine.taskRevoked(id, now: driver.now) }
        #expect(Set(revoked.map { driver.holder($0)?.number }) == [1])
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
