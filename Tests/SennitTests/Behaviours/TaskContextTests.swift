import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What a task knows of itself, what it tells, and how it hears of its cancellation.
@Suite(.timeLimit(.minutes(5))) struct TaskContextTests {
    private struct SelfPortrait: PoolTask {
        struct Facts: Codable, Sendable, Equatable {
            var id: String
            var attempt: Int
            var worker: Int
            var thread: Int
            var process: Int32
            var hasTimeLeft: Bool?
            var isCancelled: Bool
        }

        func run(in context: NoContext) throws -> Facts {
            guard let task = TaskContext.current else { throw TestFailure("outside of a task") }
            let left = task.remainingTime
            return Facts(
                id: "\(task.taskID)", attempt: task.attempt, worker: task.workerNumber, thread: task.threadNumber,
                process: task.processID, hasTimeLeft: left.map { $0 > .zero && $0 <= .seconds(60) },
                isCancelled: task.isCancelled)
        }
    }

    @Test(arguments: [0, 1]) func `a task knows who and where it is and how long it has`(processes: Int) async throws {
        #expect(TaskContext.current == nil)
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1) { pool in
            let handle = try await pool.submit(SelfPortrait())
            let facts = try await handle.value
            #expect(facts.id == "\(handle.id)")
            #expect(facts.attempt == 1 && facts.worker == 0 && facts.thread == 0)
            #expect((facts.process == getpid()) == (processes == 0))
            #expect(facts.hasTimeLeft == nil && !facts.isCancelled)
            for limits in [TaskOptions(timeout: .seconds(60)), TaskOptions(deadline: .now + .seconds(60))] {
                #expect(try await pool.run(SelfPortrait(), options: limits).hasTimeLeft == true)
            }
        }
    }

    private struct Reporting: PoolTask {
        var gate: String
        var reports: Int64

        func run(in context: NoContext) -> Int {
            for number in 1...reports {
                TaskContext.current?.report(completed: number, total: reports, message: "step \(number)")
            }
            TaskGate.pass(gate)
            return 0
        }
    }

    @Test(arguments: [0, 1]) func `the latest progress wins, and it ends with the task`(processes: Int) async throws {
        let gate = try TaskGate()
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1) { pool in
            let handle = try await pool.submit(Reporting(gate: gate.path, reports: 1000))
            var last = TaskProgress(completed: 0)
            for await progress in handle.progress {
                #expect(progress.completed > last.completed, "reports may be dropped, never repeated or turned back")
                last = progress
                if progress.completed == 1000 { gate.open() }
            }
            #expect(last == TaskProgress(completed: 1000, total: 1000, message: "step 1000"))
            #expect(last.fraction == 1)
            #expect(handle.latestProgress == last)
            #expect(try await handle.value == 0)
            // Whoever comes late sees the last one, and the end.
            var late: [TaskProgress] = []
            for await progress in handle.progress { late.append(progress) }
            #expect(late == [last])
        }
    }

    @Test(arguments: [0, 1]) func `a message that is too long is cut`(processes: Int) async throws {
        struct Wordy: PoolTask {
            func run(in context: NoContext) -> Int {
                TaskContext.current?.report(TaskProgress(completed: -1, message: String(repeating: "é", count: 500)))
                return 0
            }
        }
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1) { pool in
            let handle = try await pool.submit(Wordy())
            _ = try await handle.value
            let message = try #require(handle.latestProgress).message
            #expect(message.utf8.count <= 96 && message.utf8.count > 90)
            #expect(message.allSatisfy { $0 == "é" })
        }
    }

    /// Suspends; only its cancellation lets it go on.
    private struct Suspending: PoolTask {
        var marks: String
        func run(in context: NoContext) async throws -> Int {
            TaskContext.current?.report(completed: 1)
            // It is cancelled long before.
            do { try await Task.sleep(for: .seconds(240)) } catch {
                ScratchDirectory.mark("\(error is CancellationError) \(Task.isCancelled)", in: marks)
                throw error
            }
            return 1
        }
    }

    @Test(arguments: [0, 1]) func `a cancellation reaches the task's own Swift task`(processes: Int) async throws {
        let scratch = try ScratchDirectory()
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1) { pool in
            let handle = try await pool.submit(Suspending(marks: scratch.marksPath))
            await handle.hasBegun()
            handle.cancel()
            await #expect(throws: CancellationError.self) { try await handle.value }
            #expect(handle.state == .cancelled)
            // And that of whoever runs a task directly.
            let begun = pool.events
            let running = Task { try await pool.run(SpinningUntilCancelled(marks: scratch.marksPath)) }
            for await case .taskProgressed in begun { break }
            running.cancel()
            await #expect(throws: CancellationError.self) { try await running.value }
            #expect(scratch.marks == ["true true", "cancelled"])
            // The thread's next task is not cancelled.
            #expect(try await !pool.run(SelfPortrait()).isCancelled)
            #expect(pool.statistics.workersDied == 0)
        }
    }

    /// Swallows its cancellation.
    private struct Stubborn: PoolTask {
        func run(in context: NoContext) -> Int {
            TaskContext.current?.report(completed: 1)
            let end = MonotonicClock.now() + 30_000_000_000
            while !Task.isCancelled, MonotonicClock.now() < end { sched_yield() }
            return 5
        }
    }

    @Test(arguments: [0, 1]) func `a task that ends well in spite of its cancellation keeps its output`(
        processes: Int
    ) async throws {
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1) { pool in
            let handle = try await pool.submit(Stubborn())
            await handle.hasBegun()
            handle.cancel()
            #expect(try await handle.value == 5)
            #expect(handle.state == .succeeded)
        }
    }
}
