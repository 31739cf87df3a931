import Sennit
import Testing

@Suite struct EngineWorkerTests {
    private let first = EngineDriver.worker(0)

    @Test func `start failures back off and then fail the pool`() throws {
        var driver = EngineDriver {
            $0.startAttempts = 3
            $0.restartDelay = millisecond
        }
        let id = try driver.submit()
        for incarnation in UInt32(1)...3 {
            #expect(driver.state() == .starting)
            driver.exit(EngineDriver.worker(0, incarnation), failedToStart: true)
            if incarnation < 3 { driver.pass(10 * millisecond) }
        }
        #expect(driver.engine.hasFailed)
        #expect(driver.actions().contains(.finish(id, .poolFailed)))
    }

    @Test func `a worker asked for by name of the whole pool is tried again without any task`() {
        var driver = EngineDriver {
            $0.startAttempts = 3
            $0.restartDelay = millisecond
        }
        driver.engine.startAll(now: driver.now)
        driver.exit(first, failedToStart: true)
        driver.pass(10 * millisecond)
        #expect(driver.state() == .starting)
        driver.engine.workerReady(EngineDriver.worker(0, 2), now: driver.now)
        #expect(driver.engine.isSettled)
        // Once it has been there, it starts on demand again.
        driver.exit(EngineDriver.worker(0, 2))
        driver.pass(1000 * millisecond)
        #expect(driver.state() == .vacant)
    }

    @Test func `a pool that is to start whole fails after its attempts without any task`() {
        var driver = EngineDriver {
            $0.startAttempts = 3
            $0.restartDelay = millisecond
        }
        driver.engine.startAll(now: driver.now)
        for incarnation in UInt32(1)...3 {
            driver.exit(EngineDriver.worker(0, incarnation), failedToStart: true)
            driver.pass(10 * millisecond)
        }
        #expect(driver.engine.hasFailed)
        #expect(driver.engine.isSettled)
    }

    @Test func `a worker that becomes ready forgives earlier start failures`() throws {
        var driver = EngineDriver { $0.startAttempts = 2 }
        _ = try driver.submit()
        driver.exit(first, failedToStart: true)
        driver.pass(1000 * millisecond)
        driver.engine.workerReady(EngineDriver.worker(0, 2), now: driver.now)
        _ = try driver.submit()
        driver.exit(EngineDriver.worker(0, 2))
        driver.pass(1000 * millisecond)
        driver.exit(EngineDriver.worker(0, 3), failedToStart: true)
        #expect(!driver.engine.hasFailed)
    }

    @Test func `a start that takes too long is ended and counts as failed`() throws {
        var driver = EngineDriver {
            $0.startTimeout = 10 * millisecond
            $0.startAttempts = 1
        }
        _ = try driver.submit()
        driver.pass(11 * millisecond)
        #expect(driver.actions().kills == [.startTimedOut])
        driver.exit(first)
        #expect(driver.engine.hasFailed)
    }

    @Test func `a worker that has had its number of tasks is replaced and loses none`() throws {
        var driver = EngineDriver { $0.maximumTasksPerWorker = 2 }
        driver.becomeReady()
        let ids = try (0..<3).map { _ in try driver.submit() }
        driver.complete(ids[0])
        #expect(driver.state() == .draining(.taskLimit))
        driver.complete(ids[1])
        #expect(driver.actions().contains(.stop(first)))
        driver.exit(first)
        driver.engine.workerReady(EngineDriver.worker(0, 2), now: driver.now)
        #expect(driver.holder(ids[2]) == EngineDriver.worker(0, 2))
    }

    @Test func `a worker that has grown is drained and gives back what it has not started`() throws {
        var driver = EngineDriver {
            $0.maximumMemoryPerWorker = 100
            $0.maximumPrefetch = 1
        }
        driver.becomeReady()
        let ids = try (0..<3).map { _ in try driver.submit() }
        driver.engine.memoryMeasured(first, bytes: 101, now: driver.now)
        #expect(driver.state() == .ready, "it has ended no task yet")
        driver.complete(ids[0])
        driver.engine.memoryMeasured(first, bytes: 101, now: driver.now)
        #expect(driver.actions().contains(.pause(first)))
        driver.engine.taskRevoked(ids[2], now: driver.now)
        driver.complete(ids[1])
        #expect(driver.actions().last == .stop(first))
        #expect(driver.engine.queued == 1)
    }

    @Test func `an idle worker ends and a busy one does not`() throws {
        var driver = EngineDriver(processes: 2) { $0.idleTimeout = 10 * millisecond }
        driver.becomeReady()
        _ = try driver.submit()
        driver.pass(20 * millisecond)
        #expect(driver.state(0) == .ready)
        #expect(driver.state(1) == .stopping)
    }

    @Test func `a trickle of tasks keeps one idle timer`() throws {
        var driver = EngineDriver { $0.idleTimeout = 1_000_000 * millisecond }
        driver.becomeReady()
        let before = driver.engine.timers.count
        for _ in 0..<100 { driver.complete(try driver.submit()) }
        #expect(driver.engine.timers.count == before)
    }

    @Test func `a stop that takes too long ends in a kill that counts as no death`() throws {
        var driver = EngineDriver {
            $0.idleTimeout = millisecond
            $0.stopTimeout = 5 * millisecond
        }
        driver.becomeReady()
        driver.pass(20 * millisecond)
        #expect(driver.actions().kills == [.stopTimedOut])
        driver.exit(first)
        #expect(driver.engine.counters.workersDied == 0)
    }

    @Test func `a silent worker is asked and then killed`() throws {
        var driver = EngineDriver {
            $0.heartbeatInterval = 10 * millisecond
            $0.heartbeatTimeout = 20 * millisecond
        }
        driver.becomeReady()
        _ = try driver.submit()
        driver.pass(11 * millisecond)
        #expect(driver.actions().contains(.ping(first)))
        driver.engine.workerHeard(first, now: driver.now)
        driver.pass(25 * millisecond)
        #expect(driver.actions().kills.isEmpty)
        driver.pass(40 * millisecond)
        #expect(driver.actions().kills == [.unresponsive])
    }

    @Test func `a worker with nothing to do is left in peace`() throws {
        var driver = EngineDriver { $0.heartbeatInterval = millisecond }
        driver.becomeReady()
        driver.complete(try driver.submit())
        driver.pass(1000 * millisecond)
        #expect(!driver.actions().contains(.ping(first)))
    }

    @Test func `a smaller pool drains the workers beyond it and moves what waits there`() throws {
        var driver = EngineDriver(processes: 3)
        driver.becomeReady()
        let running = try (0..<3).map { _ in try driver.submit() }
        let keyed = try (0..<30).map { key in try driver.submit { $0.keyHash = UInt64(key) } }
        driver.engine.resize(processes: 1, now: driver.now)
        #expect(driver.engine.workers[0].bound.indices(in: driver.engine.tasks).count == 30)
        #expect(driver.state(2) == .draining(.resized))
        for id in running.dropFirst() { driver.complete(id) }
        for number in [1, 2] { driver.exit(EngineDriver.worker(number)) }
        #expect(driver.engine.workers.count == 1)
        driver.complete(running[0])
        for id in keyed { driver.complete(id) }
        #expect(driver.engine.tasks.count == 0)
        #expect(driver.engine.counters.received == 33)
    }

    @Test func `a place that comes back never repeats an incarnation`() throws {
        var driver = EngineDriver(processes: 2)
        driver.becomeReady()
        driver.engine.resize(processes: 1, now: driver.now)
        driver.exit(EngineDriver.worker(1))
        driver.engine.resize(processes: 2, now: driver.now)
        driver.engine.startAll(now: driver.now)
        #expect(driver.engine.workers[1].id == EngineDriver.worker(1, 2))
    }

    @Test func `a pool that grows again keeps the workers it was draining`() throws {
        var driver = EngineDriver(processes: 2)
        driver.becomeReady()
        for _ in 0..<2 { _ = try driver.submit() }
        driver.engine.resize(processes: 1, now: driver.now)
        driver.engine.resize(processes: 2, now: driver.now)
        #expect(driver.actions().last == .resume(EngineDriver.worker(1)))
        #expect(driver.state(1) == .ready)
    }
}
