import Sennit
import Synchronization
import Testing

/// Behaviours 27 to 32: what bounds an iteration, and how it ends early.
@Suite(.timeLimit(.minutes(5))) struct MapBoundsTests {
    /// Waits at the gate from a number on.
    private struct Halting: PoolTask {
        var number: Int
        var last: Int
        var gate: String
        var marks = "/dev/null"

        func run(in context: NoContext) throws -> Int {
            ScratchDirectory.mark("\(number)", in: marks)
            if number > last { TaskGate.pass(gate) }
            try Task.checkCancellation()
            return number
        }
    }

    @Test(arguments: [0, 1])
    func `27 the time limit of a map leaves the finished prefix`(processes: Int) async throws {
        let gate = try TaskGate()
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 2) { pool in
            // Warm: the start of a worker is not what this measures.
            _ = try await pool.run(Doubling(number: 1))
            let tasks = (0...).lazy.map { Halting(number: $0, last: 6, gate: gate.path) }
            var iterator = pool.map(tasks, within: .seconds(2)).makeAsyncIterator()
            for number in 0...6 { #expect(try await iterator.next() == number) }
            await expectPoolError(.timedOutWaiting) { try await iterator.next() }
            #expect(try await iterator.next() == nil)
            gate.open()
            #expect(try await pool.run(Doubling(number: 4)) == 8)
        }
    }

    @Test func `27 a map that ends in time notices nothing of its limit`() async throws {
        try await withProcessThreadPool(processes: 0, threadsPerProcess: 2) { pool in
            var results: [Int] = []
            for try await number in pool.map((0..<9).map(Doubling.init), within: .seconds(Int64.max)) {
                results.append(number)
            }
            #expect(results.count == 9)
            await expectPoolError(.timedOutWaiting) {
                for try await _ in pool.map([Doubling(number: 1)], within: .seconds(-1)) {}
            }
        }
    }

    @Test(arguments: [0, 2]) func `28 the timeout of an item ends that item alone`(processes: Int) async throws {
        let gate = try TaskGate()
        var options = PoolOptions()
        options.standardError = .discard
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1, options: options) { pool in
            let tasks = (0..<12).map { Halting(number: $0, last: $0 == 5 ? 4 : 100, gate: gate.path) }
            let options = TaskOptions(timeout: .milliseconds(800))
            var failures: [Int: any Error] = [:]
            for await (index, result) in pool.mapAsCompleted(tasks, options: options) {
                if case .failure(let error) = result { failures[index] = error }
            }
            #expect(failures.keys.sorted() == [5])
            let error = try #require(failures[5] as? TaskTimedOut)
            #expect(error.limit == .timeout(.milliseconds(800)) && error.hadStarted)
            #expect(try await pool.run(Doubling(number: 2)) == 4)
            #expect(pool.statistics.timedOut == 1)
            gate.open()
        }
    }

    @Test(arguments: [0, 1]) func `29 leaving an iteration cancels what has not started`(processes: Int) async throws {
        let gate = try TaskGate()
        let scratch = try ScratchDirectory()
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1) { pool in
            let tasks = (0..<100).map { Halting(number: $0, last: 0, gate: gate.path, marks: scratch.marksPath) }
            for try await number in pool.map(tasks) where number == 0 { break }
            gate.open()
            _ = try await pool.run(Doubling(number: 1))
            #expect(scratch.marks.count <= 2, "the first has run, and at most the second was already running")
            #expect(pool.statistics.cancelled >= 98)
        }
    }

    @Test(arguments: [0, 1])
    func `29 cancelling the iterating task ends the iteration and what has not started`(processes: Int) async throws {
        let gate = try TaskGate()
        let scratch = try ScratchDirectory()
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1) { pool in
            let first = Recorder<Int>()
            let tasks = (0..<100).map { Halting(number: $0, last: 0, gate: gate.path, marks: scratch.marksPath) }
            let iterating = Task {
                for try await number in pool.map(tasks) { first.record(number) }
            }
            _ = await first.values(1)
            iterating.cancel()
            await #expect(throws: CancellationError.self) { try await iterating.value }
            let asCompleted = Task {
                var count = 0
                for await _ in pool.mapAsCompleted(tasks) { count += 1 }
                return count
            }
            asCompleted.cancel()
            #expect(await asCompleted.value <= 1)
            gate.open()
            _ = try await pool.run(Doubling(number: 1))
            #expect(scratch.marks.count <= 4)
        }
    }

    @Test(arguments: [0, 1])
    func `30 an input that fails does so after the outputs before it, and leaves nothing behind`(
        processes: Int
    ) async throws {
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 2) { pool in
            func input() -> AsyncThrowingStream<Doubling, any Error> {
                AsyncThrowingStream { stream in
                    for number in 0..<5 { stream.yield(Doubling(number: number)) }
                    stream.finish(throwing: BehaviourError(code: 5))
                }
            }
            var results: [Int] = []
            await #expect(throws: BehaviourError(code: 5)) {
                for try await number in pool.map(input()) { results.append(number) }
            }
            #expect(results == [0, 2, 4, 6, 8])
            var count = 0
            await #expect(throws: BehaviourError(code: 5)) {
                for try await _ in pool.mapAsCompleted(input()) { count += 1 }
            }
            #expect(count == 5)
            let statistics = pool.statistics
            #expect(statistics.submitted == 10 && statistics.completed == 10)
            #expect(statistics.queuedTasks == 0 && statistics.tasksInWorkers == 0)
        }
    }

    /// An endless input that counts its pulls and must stay where it was made.
    private final class Endless: Sequence, IteratorProtocol {
        private(set) var pulls = 0

        func next() -> Doubling? {
            defer { pulls += 1 }
            return Doubling(number: pulls)
        }
    }

    @Test(arguments: [0, 2], [1, 8])
    func `31 an endless input is never pulled ahead by more than the tasks in flight`(
        processes: Int, inFlight: Int
    ) async throws {
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 2) { pool in
            let ordered = Endless()
            var taken = 0
            for try await number in pool.map(ordered, inFlight: inFlight) {
                #expect(number == 2 * taken)
                taken += 1
                #expect(ordered.pulls <= taken + inFlight)
                if taken == 300 { break }
            }
            let unordered = Endless()
            taken = 0
            for await _ in pool.mapAsCompleted(unordered, inFlight: inFlight, chunkSize: 5) {
                taken += 1
                #expect(unordered.pulls <= taken + inFlight)
                if taken == 300 { break }
            }
        }
    }

    /// A result that counts how many of its kind live in this process.
    private final class Tracked: Codable, Sendable {
        static let alive = Atomic<Int>(0)
        let number: Int
        let filling: [UInt8]

        init(_ number: Int) {
            self.number = number
            filling = [UInt8](repeating: UInt8(number & 255), count: 100_000)
            Self.alive.add(1, ordering: .relaxed)
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            number = try container.decode(Int.self, forKey: .number)
            filling = try container.decode([UInt8].self, forKey: .filling)
            Self.alive.add(1, ordering: .relaxed)
        }

        deinit { Self.alive.subtract(1, ordering: .relaxed) }
    }

    private struct MakingTracked: PoolTask {
        var number: Int
        func run(in context: NoContext) -> Tracked { Tracked(number) }
    }

    @Test func `32 a result that has been yielded is let go`() async throws {
        // In a worker process, so that only what has come back is counted here.
        try await withProcessThreadPool(processes: 1, threadsPerProcess: 2) { pool in
            var numbers: [Int] = []
            for try await tracked in pool.map((0..<200).map(MakingTracked.init), inFlight: 16) {
                numbers.append(tracked.number)
                #expect(tracked.filling.allSatisfy { $0 == UInt8(tracked.number) })
                #expect(Tracked.alive.load(ordering: .relaxed) <= 2)
            }
            #expect(numbers == Array(0..<200))
            for await (index, result) in pool.mapAsCompleted((0..<200).map(MakingTracked.init), inFlight: 16) {
                #expect(try result.get().number == index)
                #expect(Tracked.alive.load(ordering: .relaxed) <= 2)
            }
            #expect(Tracked.alive.load(ordering: .relaxed) == 0)
        }
    }
}
