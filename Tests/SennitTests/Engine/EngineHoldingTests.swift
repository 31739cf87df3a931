import Sennit
import Testing

/// Workers that may have to be killed soon get no new task.
@Suite struct EngineHoldingTests {
    private let first = EngineDriver.worker(0)
    private let second = EngineDriver.worker(1)

    private func overdue(_ driver: inout EngineDriver, _ id: TaskID) {
        driver.pass(2 * millisecond)
        driver.engine.startObserved(id, startedAt: driver.now - 2 * millisecond, now: driver.now)
    }

    @Test func `until an overdue task has returned, its worker takes nothing`() throws {
        var driver = EngineDriver(processes: 2, threads: 2)
        driver.becomeReady()
        let id = try driver.submit { $0.timeout = millisecond }
        #expect(driver.holder(id) == first)
        overdue(&driver, id)
        #expect(driver.actions().contains(.pause(first)))
        let next = try (0..<4).map { _ in try driver.submit() }
        #expect(next.map { driver.holder($0) } == [second, second, nil, nil])
        driver.complete(id)
        #expect(driver.actions().contains(.resume(first)))
        #expect(next.map { driver.holder($0) } == [second, second, first, first])
        driver.pass(100 * millisecond)
        #expect(driver.actions().kills.isEmpty)
    }

    @Test func `where no other worker is to be had, what waits goes to the replacement`() throws {
        var driver = EngineDriver(threads: 2)
        driver.becomeReady()
        let id = try driver.submit { $0.timeout = millisecond }
        overdue(&driver, id)
        let next = try driver.submit()
        #expect(driver.holder(next) == nil)
        driver.pass(10 * millisecond)
        #expect(driver.actions().kills == [.taskOverdue(id)])
        driver.exit(first)
        driver.engine.workerReady(EngineDriver.worker(0, 2), now: driver.now)
        #expect(driver.holder(next) == EngineDriver.worker(0, 2))
    }

    @Test func `another worker is started for what an overdue task keeps waiting`() throws {
        var driver = EngineDriver(processes: 2)
        let id = try driver.submit { $0.timeout = millisecond }
        driver.engine.workerReady(first, now: driver.now)
        overdue(&driver, id)
        _ = try driver.submit()
        #expect(driver.actions().starts.contains(second))
    }

    @Test func `what an overdue task's worker has not started runs elsewhere`() throws {
        var driver = EngineDriver(processes: 2) { $0.maximumPrefetch = 1 }
        driver.becomeReady()
        let id = try driver.submit { $0.timeout = millisecond }
        let others = try (0..<3).map { _ in try driver.submit() }
        let behind = try #require(others.first { driver.holder($0) == first })
        overdue(&driver, id)
        #expect(driver.actions().contains(.pause(first)))
        // As the shell answers a pause.
        driver.engine.taskRevoked(behind, now: driver.now)
        #expect(driver.holder(behind) == nil)
        for other in others where other != behind { driver.complete(other) }
        #expect(driver.holder(behind) == second)
    }

    @Test func `so does what a worker has left that has had its number of tasks`() throws {
        var driver = EngineDriver {
            $0.maximumPrefetch = 1
            $0.maximumTasksPerWorker = 2
        }
        driver.becomeReady()
        let id = try driver.submit { $0.timeout = millisecond }
        _ = try driver.submit()
        #expect(driver.state() == .draining(.taskLimit))
        _ = driver.actions()
        overdue(&driver, id)
        #expect(driver.actions().contains(.pause(first)))
    }

    @Test func `a task cancelled with a time to end in keeps others away as well`() throws {
        var driver = EngineDriver(processes: 2, threads: 2)
        driver.becomeReady()
        let id = try driver.submit { $0.killAfterCancellation = 50 * millisecond }
        driver.engine.cancel(id, now: driver.now)
        driver.engine.revocationRefused(id, now: driver.now)
        let next = try (0..<3).map { _ in try driver.submit() }
        #expect(next.map { driver.holder($0) } == [second, second, nil])
        driver.complete(id)
        #expect(driver.holder(next[2]) == first)
    }

    @Test func `a cancelled task that may take its time keeps nobody away`() throws {
        var driver = EngineDriver(threads: 2)
        driver.becomeReady()
        let id = try driver.submit()
        driver.engine.cancel(id, now: driver.now)
        driver.engine.revocationRefused(id, now: driver.now)
        let next = try driver.submit()
        #expect(driver.holder(next) == first)
    }

    @Test func `a worker that owes a sign of life gets nothing until it gives one`() throws {
        var driver = EngineDriver(processes: 2, threads: 2) {
            $0.heartbeatInterval = 10 * millisecond
            $0.heartbeatTimeout = 100 * millisecond
        }
        driver.becomeReady()
        _ = try driver.submit()
        driver.pass(25 * millisecond)
        #expect(driver.engine.workers[0].isHeldBack)
        let next = try (0..<3).map { _ in try driver.submit() }
        #expect(next.map { driver.holder($0) } == [second, second, nil])
        driver.engine.workerHeard(first, now: driver.now)
        #expect(driver.holder(next[2]) == first)
        #expect(driver.actions().contains(.resume(first)))
    }

    @Test func `a silent worker that has given everything back is still found`() throws {
        var driver = EngineDriver {
            $0.heartbeatInterval = 10 * millisecond
            $0.heartbeatTimeout = 30 * millisecond
        }
        driver.becomeReady()
        let id = try driver.submit()
        driver.pass(25 * millisecond)
        driver.engine.taskRevoked(id, now: driver.now)
        #expect(driver.holder(id) == nil)
        driver.pass(30 * millisecond)
        #expect(driver.actions().kills == [.unresponsive])
        driver.exit(first)
        driver.engine.workerReady(EngineDriver.worker(0, 2), now: driver.now)
        #expect(driver.holder(id) == EngineDriver.worker(0, 2))
    }

    @Test func `a worker that goes on for one reason is held back for another`() throws {
        var driver = EngineDriver(threads: 3)
        driver.becomeReady()
        let overdue = try driver.submit { $0.timeout = millisecond }
        let cancelled = try driver.submit { $0.killAfterCancellation = 1000 * millisecond }
        driver.engine.cancel(cancelled, now: driver.now)
        driver.engine.revocationRefused(cancelled, now: driver.now)
        self.overdue(&driver, overdue)
        driver.pass(6 * millisecond)
        driver.complete(overdue)
        let next = try driver.submit()
        #expect(driver.holder(next) == nil)
        driver.complete(cancelled)
        #expect(driver.holder(next) == first)
    }
}
