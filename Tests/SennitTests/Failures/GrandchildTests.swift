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
            in pool: ProcessThreadPool<NoContext>, leavesGroup: Bool
        ) async throws -> (task: TaskHandle<Int>, worker: Int32, grandchild: Int32) {
            let task = try await pool.submit(HangWithGrandchild(leavesGroup: leavesGroup))
            for await progress in task.progress {
                return (task, Int32(progress.completed), Int32(try #require(progress.total)))
            }
            throw Unmet("the task ended: \(await task.result)")
        }

        @Test func `a grandchild that holds the worker's streams does not hide its death`() async throws {
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: quickOptions()) { pool in
                let (task, worker, grandchild) = try await start(in: pool, leavesGroup: true)
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

        @Test func `what a worker has started ends with it`() async throws {
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: quickOptions()) { pool in
                let (task, worker, grandchild) = try await start(in: pool, leavesGroup: false)
                #expect(Processes.signal(worker, SIGKILL))
                #expect(try await task.failure() is WorkerDied)
                #expect(await Processes.areGone([grandchild]))
            }
        }

        @Test func `what an overdue task has started ends with its worker`() async throws {
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: quickOptions()) { pool in
                let (task, worker, grandchild) = try await start(in: pool, leavesGroup: false)
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
