import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// Tiny tasks of a map travel together; each of them still ends once, alone, with its own outcome.
@Suite(.timeLimit(.minutes(5))) struct TravellingTogetherTests {
    /// Takes next to no time, but for what its number asks of it.
    private struct Tiny: PoolTask {
        var number: Int
        var plan: Plan

        struct Plan: Codable {
            /// Throws if its number divides by this.
            var throwsEvery = 0
            /// Gives back many bytes if its number divides by this.
            var isLongEvery = 0
            /// How many bytes those are.
            var longBytes = 0
        }

        func run(in context: NoContext) throws -> [UInt8] {
            if plan.throwsEvery > 0, number % plan.throwsEvery == 0 { throw BehaviourError(code: number) }
            if plan.isLongEvery > 0, number % plan.isLongEvery == 0 {
                return [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: plan.longBytes)
            }
            return [UInt8(truncatingIfNeeded: number)]
        }
    }

    /// Says which task it is.
    private struct Naming: PoolTask {
        func run(in context: NoContext) -> TaskID? { TaskContext.current?.taskID }
    }

    /// Leaves a byte in a file for each run, and ends its process or waits when it is its turn.
    private struct Counting: PoolTask {
        static var isIdempotent: Bool { true }

        var number: Int
        var killer: Int
        var path: String

        func run(in context: NoContext) -> Int {
            ScratchDirectory.mark("\(number)", in: path)
            if number == killer { kill(getpid(), SIGKILL) }
            return number
        }
    }

    /// Waits at the gate, opens it, or does neither.
    private struct Passing: PoolTask {
        var number: Int
        var waiter: Int
        var opener: Int
        var gate: String

        func run(in context: NoContext) -> Int {
            if number == waiter { TaskGate.pass(gate) }
            if number == opener { ScratchDirectory.mark("", in: gate) }
            return number
        }
    }

    private static let count = 20_000

    @Test(arguments: [0, 1, 2])
    func `each task has its own result or error`(processes: Int) async throws {
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1) { pool in
            let plan = Tiny.Plan(throwsEvery: 997)
            var seen = [Int](repeating: 0, count: Self.count)
            let tasks = (0..<Self.count).lazy.map { Tiny(number: $0, plan: plan) }
            for await (index, result) in pool.mapAsCompleted(tasks) {
                seen[index] += 1
                switch result {
                case .success(let bytes):
                    #expect(index % 997 != 0 && bytes == [UInt8(truncatingIfNeeded: index)])
                case .failure(let error):
                    #expect(index % 997 == 0 && error as? BehaviourError == BehaviourError(code: index))
                }
            }
            #expect(seen.allSatisfy { $0 == 1 })
        }
    }

    @Test(arguments: [0, 2], [40, 250, 300, 100_000])
    func `results that do not fit beside the others come whole`(processes: Int, bytes: Int) async throws {
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1) { pool in
            let plan = Tiny.Plan(isLongEvery: 7, longBytes: bytes)
            let tasks = (0..<Self.count / 10).lazy.map { Tiny(number: $0, plan: plan) }
            var index = 0
            for try await result in pool.map(tasks) {
                let expected = index % 7 == 0 ? bytes : 1
                try #require(result.count == expected && result.allSatisfy { $0 == UInt8(truncatingIfNeeded: index) })
                index += 1
            }
            #expect(index == Self.count / 10)
        }
    }

    @Test(arguments: [0, 2])
    func `each task knows an identifier that no other has`(processes: Int) async throws {
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 2) { pool in
            let tasks = (0..<Self.count).lazy.map { _ in Naming() }
            let names = try await pool.map(tasks).collect().compactMap { $0 }
            #expect(Set(names).count == Self.count)
        }
    }

    @Test(arguments: [0, 1, 2])
    func `a task that waits for a later one does not keep it from running`(processes: Int) async throws {
        let gate = try TaskGate()
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 2) { pool in
            let waiter = 5000
            let tasks = (0..<6000).lazy.map {
                Passing(number: $0, waiter: waiter, opener: waiter + 1, gate: gate.path)
            }
            var next = 0
            for try await number in pool.map(tasks) {
                try #require(number == next)
                next += 1
            }
            #expect(next == 6000)
        }
    }

    @Test func `a task that ends its worker takes no other with it, and none runs twice`() async throws {
        let directory = try ScratchDirectory()
        let path = directory.marksPath
        var options = PoolOptions()
        options.retries = 0
        options.restartDelay = .zero
        try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: options) { pool in
            let killer = 2000
            let tasks = (0..<3000).lazy.map { Counting(number: $0, killer: killer, path: path) }
            var failed: [Int] = []
            for await (index, result) in pool.mapAsCompleted(tasks) {
                switch result {
                case .success(let number):
                    #expect(number == index)
                case .failure(let error):
                    #expect(error is WorkerDied)
                    failed.append(index)
                }
            }
            #expect(failed == [killer])
        }
        var runs = [Int](repeating: 0, count: 3000)
        for number in directory.marks { runs[try #require(Int(number))] += 1 }
        #expect(runs.allSatisfy { $0 == 1 })
    }

    @Test func `an idempotent task that ends its worker is tried again alone, and is poison at last`() async throws {
        let directory = try ScratchDirectory()
        let path = directory.marksPath
        var options = PoolOptions()
        options.restartDelay = .zero
        try await withProcessThreadPool(processes: 2, threadsPerProcess: 1, options: options) { pool in
            let killer = 2000
            let tasks = (0..<3000).lazy.map { Counting(number: $0, killer: killer, path: path) }
            var failed: [Int] = []
            for await (index, result) in pool.mapAsCompleted(tasks) where (try? result.get()) != index {
                if case .failure(let error) = result { #expect(error is PoisonedTask) }
                failed.append(index)
            }
            #expect(failed == [killer])
        }
        let numbers = directory.marks
        #expect(numbers.count { $0 == "2000" } == 3)
        #expect(numbers.count { $0 != "2000" } == 2999)
    }

    @Test(arguments: [0, 2])
    func `statistics count tasks, however they travel`(processes: Int) async throws {
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1) { pool in
            let tasks = (0..<Self.count).lazy.map { Tiny(number: $0, plan: Tiny.Plan(throwsEvery: 1000)) }
            for await _ in pool.mapAsCompleted(tasks) {}
            let statistics = pool.statistics
            #expect(statistics.submitted == Self.count)
            #expect(statistics.completed == Self.count)
            #expect(statistics.queuedTasks == 0 && statistics.tasksInWorkers == 0)
        }
    }

    @Test(arguments: [0, 2])
    func `tasks that are cancelled on their way end once, and the pool goes on`(processes: Int) async throws {
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1) { pool in
            for stop in [1, 100, 700, 1500, 3000] {
                var done = 0
                let tasks = (0..<Self.count).lazy.map { Tiny(number: $0, plan: Tiny.Plan()) }
                for try await _ in pool.map(tasks) {
                    done += 1
                    if done == stop { break }
                }
            }
            let sum = try await pool.map((0..<1000).map { Doubling(number: $0) }).collect().reduce(0, +)
            #expect(sum == 1000 * 999)
            await pool.shutDown()
            let statistics = pool.statistics
            #expect(statistics.submitted == statistics.completed + statistics.cancelled)
        }
    }
}
