import Foundation
import Sennit
import Synchronization
import Testing

/// How waits and pools come to an end when somebody does not want them any more.
struct PoolEndingTests {
    @Test(.timeLimit(.minutes(5)))
    func `a local worker that is given up as its last neighbour ends does not stop the pool`() async throws {
        var options = PoolOptions()
        // Even on a busy machine the neighbour's end comes first.
        options.gracePeriod = .seconds(280)
        try await withProcessThreadPool(processes: 0, threadsPerProcess: 2, options: options) { pool in
            let (stubborn, neighbour) = (LocalGate.make(), LocalGate.make())
            defer { LocalGate.open(stubborn) }
            let beside = try await pool.submit(WaitAtGate(gate: neighbour))
            for await _ in beside.progress { break }
            await #expect(throws: TaskTimedOut.self) {
                try await pool.run(WaitAtGate(gate: stubborn), options: TaskOptions(timeout: .milliseconds(20)))
            }
            // Lets the cancellation allowance pass, so that the neighbour's end is what gives the worker up.
            try await Task.sleep(for: .milliseconds(100))
            LocalGate.open(neighbour)
            _ = try await beside.value
            let next = try await pool.submit(WaitAtGate(gate: neighbour))
            _ = try await next.value(within: .seconds(240))
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a long task of a local worker is not taken for a silent worker`() async throws {
        var options = PoolOptions()
        options.heartbeatInterval = .milliseconds(10)
        options.heartbeatTimeout = .milliseconds(20)
        try await withProcessThreadPool(processes: 0, threadsPerProcess: 1, options: options) { pool in
            let gate = LocalGate.make()
            let handle = try await pool.submit(WaitAtGate(gate: gate))
            // Many times the silence that would have ended it.
            try await Task.sleep(for: .milliseconds(300))
            LocalGate.open(gate)
            _ = try await handle.value
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a cancelled scope gives running tasks its grace period`() async throws {
        let file = NSTemporaryDirectory() + "sennit-grace-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let (starts, started) = AsyncStream.makeStream(of: Void.self)
        let scope = Task {
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1) { pool in
                let handle = try await pool.submit(CleanUpWhenCancelled(file: file))
                for await _ in handle.progress { break }
                started.yield()
                _ = try await handle.value
            }
        }
        for await _ in starts { break }
        scope.cancel()
        _ = await scope.result
        #expect(FileManager.default.fileExists(atPath: file))
    }

    @Test(.timeLimit(.minutes(5)))
    func `a submission that waits for room can be cancelled`() async throws {
        var options = PoolOptions()
        options.maximumQueuedTasks = 1
        let pool = try ProcessThreadPool(processes: 0, threadsPerProcess: 1, options: options)
        let gate = LocalGate.make()
        let (ends, ended) = AsyncStream.makeStream(of: Bool.self)
        let submissions = Task {
            do {
                while true { _ = try await pool.submit(WaitAtGate(gate: gate)) }
            } catch {
                ended.yield(error is CancellationError)
            }
        }
        // Nothing tells from outside that a submission waits; a little while after the queue is full, it does.
        while pool.statistics.queuedTasks < 1 {
            // As often as is of no consequence.
            try await Task.sleep(for: .milliseconds(1))
        }
        // That little while.
        try await Task.sleep(for: .milliseconds(50))
        submissions.cancel()
        let watchdog = Task {
            // The limit of this test, not its measure.
            try await Task.sleep(for: .seconds(30))
            ended.yield(false)
        }
        for await wasCancelled in ends {
            #expect(wasCancelled)
            break
        }
        watchdog.cancel()
        LocalGate.open(gate)
        await pool.shutDown()
    }

    @Test(.timeLimit(.minutes(5)), arguments: [0, 1])
    func `a running task that ends by its cancellation is in the end cancelled`(processes: Int) async throws {
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1) { pool in
            let handle = try await pool.submit(SleepUntilCancelled())
            for await _ in handle.progress { break }
            #expect(handle.state == .running)
            handle.cancel()
            await #expect(throws: CancellationError.self) { try await handle.value }
            #expect(handle.state == .cancelled)
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: [2_000, 100_000])
    func `outcomes that are kept do not use up the worker`(size: Int) async throws {
        try await withProcessThreadPool(processes: 1, threadsPerProcess: 1) { pool in
            var handles: [TaskHandle<[UInt8]>] = []
            for _ in 0..<1500 { handles.append(try await pool.submit(MakeManyBytes(count: size))) }
            for handle in handles { #expect(try await handle.value.count == size) }
            #expect(try await pool.run(MakeManyBytes(count: 1)).count == 1)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a report right before the end is not lost`() async throws {
        try await withProcessThreadPool(processes: 1, threadsPerProcess: 2) { pool in
            var lost = 0
            for _ in 0..<300 {
                let handle = try await pool.submit(ReportOnce())
                _ = try await handle.value
                if handle.latestProgress?.completed != 1 { lost += 1 }
            }
            #expect(lost == 0)
        }
    }
}

/// Places in this process where local tasks wait.
private enum LocalGate {
    private static let open = Mutex<Set<Int>>([])
    private static let next = Atomic<Int>(0)

    static func make() -> Int { next.add(1, ordering: .relaxed).newValue }
    static func open(_ gate: Int) { open.withLock { _ = $0.insert(gate) } }
    static func isOpen(_ gate: Int) -> Bool { open.withLock { $0.contains(gate) } }
}

/// Blocks its thread, deaf to cancellation.
private struct WaitAtGate: PoolTask {
    var gate: Int

    func run(in context: NoContext) async throws -> NoOutput {
        TaskContext.current?.report(completed: 0)
        // A blocked thread is what is tested.
        while !LocalGate.isOpen(gate) { usleep(1000) }
        return NoOutput()
    }
}

private struct CleanUpWhenCancelled: PoolTask {
    var file: String

    func run(in context: NoContext) async throws -> NoOutput {
        TaskContext.current?.report(completed: 0)
        // It blocks and looks, as code without await does.
        while !Task.isCancelled { usleep(1000) }
        // As long as some work after a cancellation takes.
        usleep(200_000)
        _ = FileManager.default.createFile(atPath: file, contents: nil)
        return NoOutput()
    }
}

private struct SleepUntilCancelled: PoolTask {
    func run(in context: NoContext) async throws -> NoOutput {
        TaskContext.current?.report(completed: 0)
        // For ever, as far as this test is concerned.
        try await Task.sleep(for: .seconds(600))
        return NoOutput()
    }
}

private struct MakeManyBytes: PoolTask {
    var count: Int

    func run(in context: NoContext) async throws -> [UInt8] { [UInt8](repeating: 7, count: count) }
}

private struct ReportOnce: PoolTask {
    func run(in context: NoContext) async throws -> NoOutput {
        TaskContext.current?.report(completed: 1, total: 1)
        return NoOutput()
    }
}
