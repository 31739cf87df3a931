import Sennit
import Testing

/// Tiny tasks that travel as one: how they are counted, and when they are taken apart.
@Suite struct EngineChunkTests {
    private static let worker = EngineDriver.worker(0)

    private static func chunk(_ size: Int) -> (inout TaskSpecification) -> Void { { $0.size = size } }

    @Test func `a chunk is counted task by task, wherever it is`() throws {
        var driver = EngineDriver()
        driver.becomeReady()
        let first = try driver.submit(Self.chunk(5))
        _ = try driver.submit(Self.chunk(3))
        #expect(driver.engine.tasksInWorkers == 5)
        #expect(driver.engine.queued == 3)
        #expect(driver.engine.counters.submitted == 8)
        driver.complete(first)
        #expect(driver.engine.counters.received == 5)
        #expect(driver.engine.tasksInWorkers == 3)
        #expect(driver.engine.queued == 0)
    }

    @Test func `a worker that has had a chunk for long is asked to split it, again and again`() throws {
        var driver = EngineDriver()
        driver.becomeReady()
        let id = try driver.submit(Self.chunk(5))
        _ = driver.actions()
        driver.pass(Engine.chunkPatience - 1)
        #expect(driver.actions().isEmpty)
        driver.pass(1)
        #expect(driver.actions() == [.split(id, Self.worker)])
        driver.pass(Engine.chunkPatience)
        #expect(driver.actions() == [.split(id, Self.worker)])
        driver.engine.chunkSplit(id, finished: 1, returned: 3)
        driver.pass(3 * Engine.chunkPatience)
        #expect(driver.actions().isEmpty)
    }

    @Test func `a chunk that has been split counts what is left of it`() throws {
        var driver = EngineDriver()
        driver.becomeReady()
        let id = try driver.submit(Self.chunk(10))
        driver.engine.chunkSplit(id, finished: 4, returned: 5)
        #expect(driver.engine.tasksInWorkers == 1)
        #expect(driver.engine.counters.submitted == 5)
        #expect(driver.engine.counters.received == 4)
        driver.complete(id)
        #expect(driver.engine.counters.ended == driver.engine.counters.submitted)
        #expect(driver.engine.tasks.count == 0)
    }

    @Test func `tasks of a cancelled chunk that have not started count as cancelled`() throws {
        var driver = EngineDriver()
        driver.becomeReady()
        let id = try driver.submit(Self.chunk(10))
        driver.engine.cancel(id, now: driver.now)
        #expect(driver.engine.isCancelled(id))
        driver.engine.chunkSplit(id, finished: 4, cancelled: 5, returned: 0)
        driver.complete(id)
        #expect(driver.engine.counters.received == 5)
        #expect(driver.engine.counters.cancelled == 5)
        #expect(driver.engine.counters.ended == driver.engine.counters.submitted)
    }

    @Test func `the task that ran when its worker died is tried again as one task`() throws {
        var driver = EngineDriver()
        driver.becomeReady()
        let id = try driver.submit {
            $0.size = 8
            $0.isIdempotent = true
            $0.retries = 2
        }
        driver.engine.chunkSplit(id, finished: 2, returned: 5)
        driver.exit(Self.worker)
        #expect(driver.engine.queued == 1)
        #expect(driver.engine.counters.retried == 1)
    }

    @Test func `a queue takes a chunk only if it has room for all of it, or is empty`() throws {
        var driver = EngineDriver { $0.maximumQueuedTasks = 10 }
        _ = try driver.submit(Self.chunk(4))
        _ = try driver.submit(Self.chunk(6))
        #expect(throws: SubmissionRefusal.full) { _ = try driver.submit() }
        var empty = EngineDriver { $0.maximumQueuedTasks = 2 }
        _ = try empty.submit(Self.chunk(4))
        #expect(throws: SubmissionRefusal.full) { _ = try empty.submit() }
        var nearlyFull = EngineDriver { $0.maximumQueuedTasks = 10 }
        _ = try nearlyFull.submit(Self.chunk(8))
        #expect(throws: SubmissionRefusal.full) { _ = try nearlyFull.submit(Self.chunk(3)) }
        _ = try nearlyFull.submit(Self.chunk(2))
    }

    @Test func `identifiers of a chunk's tasks are used by no later task`() throws {
        var driver = EngineDriver()
        driver.becomeReady()
        var seen: Set<TaskID> = []
        for size in [1, 7, 2, 1, 30, 1, 1] {
            let id = try driver.submit(Self.chunk(size))
            for number in 0..<size { #expect(seen.insert(id.task(number)).inserted) }
            driver.complete(id)
        }
    }

    @Test func `a silent worker that has given back all it held gets nothing until it answers`() throws {
        var driver = EngineDriver {
            $0.heartbeatInterval = 5_000_000
            $0.heartbeatTimeout = 50_000_000
        }
        driver.becomeReady()
        let id = try driver.submit()
        driver.pass(6_000_000)
        #expect(driver.actions().contains(.ping(Self.worker)))
        driver.engine.cancel(id, now: driver.now)
        driver.engine.taskRevoked(id, now: driver.now)
        driver.pass(6_000_000)
        _ = driver.actions()
        let next = try driver.submit()
        #expect(driver.holder(next) == nil)
        driver.engine.workerHeard(Self.worker, now: driver.now)
        #expect(driver.holder(next) == Self.worker)
    }
}
