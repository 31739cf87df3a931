import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension DyingWorkers {
    /// Tasks start processes of their own, which hold the worker's streams open.
    @Suite struct GrandchildTests {
        /// Starts a task with a grandchild, and gives both numbers.
        private func start(
            in pool: ProcessThreadPool<NoContext>, _ distance: Grandchild.Distance
        ) async throws -> (task: TaskHandle<Int>, worker: Int32, grandchild: Int32) {
            let task = try await pool.submit(HangWithGrandchild(distance: distance))
            for await progress in task.progress {
                return (task, Int32(progress.completed), Int32(try #require(progress.total)))
            }
            throw Unmet("the task ended: \(await task.result)")
        }

        @Test func `a grandchild that holds the worker's streams does not hide its death`() async throws {
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: quickOptions()) { pool in
                let (task, worker, grandchild) = try await start(in: pool, .ownSession)
                #expect(grandchild > 0)
                #expect(Processes.signal(worker, SIGKILL))
                let death = try #require(try await task.failure() as? WorkerDied)
                #expect(death.processID == worker)
                // It has a session of its own and holds the worker's standard error: the report did not wait for it.
                #expect(Processes.isAlive(grandchild))
                #expect(try await pool.run(WhoAmI()) != worker)
                kill(grandchild, SIGKILL)
            }
        }

        private static let reached = [Grandchild.Distance.group, .ownGroup]

        @Test(arguments: reached, [PoolOptions.StartMethod.spawn, .zygote])
        func `what a worker has started ends with it`(
            distance: Grandchild.Distance, method: PoolOptions.StartMethod
        ) async throws {
            let options = quickOptions { $0.startMethod = method }
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: options) { pool in
                let (task, worker, grandchild) = try await start(in: pool, distance)
                #expect(Processes.signal(worker, SIGKILL))
                #expect(try await task.failure() is WorkerDied)
                #expect(await Processes.areGone([grandchild]))
            }
        }

        @Test(arguments: [Crash.Way.quickExit3, .nullWrite])
        func `what a worker has started ends with it when it crashes by itself`(way: Crash.Way) async throws {
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 2, options: quickOptions()) { pool in
                let (task, _, grandchild) = try await start(in: pool, .ownGroup)
                #expect(try await pool.failure(of: Crash(way: way)) is WorkerDied)
                #expect(try await task.failure() is WorkerDied)
                #expect(await Processes.areGone([grandchild]))
            }
        }

        @Test(arguments: reached)
        func `what a task has started that overruns its timeout ends with its worker`(
            distance: Grandchild.Distance
        ) async throws {
            let options = quickOptions { $0.gracePeriod = .milliseconds(10) }
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: options) { pool in
                let task = try await pool.submit(
                    HangWithGrandchild(distance: distance), options: TaskOptions(timeout: .milliseconds(200)))
                var grandchild: Int32 = 0
                for await progress in task.progress { grandchild = Int32(progress.total ?? 0) }
                #expect(try await task.failure() is TaskTimedOut)
                #expect(grandchild > 0)
                #expect(await Processes.areGone([grandchild]))
            }
        }

        @Test func `all of many generations of what a task has started end, in whatever groups they are`() async throws
        {
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: quickOptions()) { pool in
                let task = try await pool.submit(HangWithFamily())
                var family: [Int32] = []
                for await progress in task.progress {
                    family = progress.processes
                    break
                }
                #expect(family.count == 10)
                task.kill()
                #expect(try await task.failure() is CancellationError)
                #expect(await Processes.areGone(family))
            }
        }

        @Test(arguments: reached)
        func `what an overdue task has started ends with its worker`(distance: Grandchild.Distance) async throws {
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: quickOptions()) { pool in
                let (task, worker, grandchild) = try await start(in: pool, distance)
                task.kill()
                #expect(try await task.failure() is CancellationError)
                #expect(await Processes.areGone([worker, grandchild]))
            }
        }

        @Test func `a worker's death ends the pool that its task runs`() async throws {
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: quickOptions()) { pool in
                let nested = try await pool.submit(RunNestedPool(hangs: true))
                var family: [Int32] = []
                for await progress in nested.progress {
                    family = progress.processes
                    #expect(Processes.signal(Int32(progress.completed), SIGKILL))
                    break
                }
                #expect(family.count == 2)
                #expect(try await nested.failure() is WorkerDied)
                #expect(await Processes.areGone(family))
            }
        }

        @Test func `a pool in a worker works and leaves nobody`() async throws {
            try await withProcessThreadPool(processes: 2, threadsPerProcess: 1, options: quickOptions()) { pool in
                let first = try await pool.submit(RunNestedPool(hangs: false))
                let second = try await pool.submit(RunNestedPool(hangs: false))
                let family = try await first.value + second.value
                #expect(Set(family).count == 4)
                #expect(await Processes.areGone(family))
            }
        }
    }
}
