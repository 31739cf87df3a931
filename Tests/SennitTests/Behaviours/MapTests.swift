import Sennit
import Testing

/// Behaviours 21 to 26: many tasks, in order and as they come.
@Suite(.timeLimit(.minutes(5))) struct MapTests {
    /// Waits at the gate, opens it, or does neither.
    private struct Relay: PoolTask {
        enum Role: Codable { case waits, opens, passes }

        var number: Int
        var role: Role
        var gate: String

        func run(in context: NoContext) -> Int {
            switch role {
            case .waits: TaskGate.pass(gate)
            case .opens: ScratchDirectory.mark("", in: gate)
            case .passes: break
            }
            return number
        }
    }

    @Test(arguments: [0, 2])
    func `21 results come in input order with workers of unequal speed`(processes: Int) async throws {
        let gate = try TaskGate()
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 2) { pool in
            // The first one cannot end before the last one has run.
            let tasks = (0..<20).map { number in
                Relay(number: number, role: number == 0 ? .waits : number == 19 ? .opens : .passes, gate: gate.path)
            }
            var results: [Int] = []
            for try await number in pool.map(tasks) { results.append(number) }
            #expect(results == Array(0..<20))
            var asTheyCame: [Int] = []
            for await (index, result) in pool.mapAsCompleted(tasks) {
                #expect(try result.get() == index)
                asTheyCame.append(index)
            }
            #expect(asTheyCame.sorted() == Array(0..<20))
            #expect(asTheyCame.first != 0)
        }
    }

    private struct Adding: PoolTask {
        var first: Int
        var second: Int
        func run(in context: NoContext) -> Int { first + second }
    }

    @Test(arguments: [0, 1]) func `22 several inputs are zipped to the shortest`(processes: Int) async throws {
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 2) { pool in
            let tasks = zip(1..., [10, 20, 30]).lazy.map { Adding(first: $0, second: $1) }
            var sums: [Int] = []
            for try await sum in pool.map(tasks) { sums.append(sum) }
            #expect(sums == [11, 22, 33])
        }
    }

    @Test(arguments: [0, 1]) func `23 the size of a chunk changes no result`(processes: Int) async throws {
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 2) { pool in
            for chunkSize in [1, 7, 50, 1000] {
                var results: [Int] = []
                for try await number in pool.map((0..<50).map(Doubling.init), inFlight: 10, chunkSize: chunkSize) {
                    results.append(number)
                }
                #expect(results == (0..<50).map { 2 * $0 })
            }
        }
    }

    @Test(arguments: [0, 1], [0, -1])
    func `23 chunks and windows without an element are an error`(processes: Int, bad: Int) async throws {
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1) { pool async throws in
            let tasks = [Doubling(number: 1)]
            for map in [pool.map(tasks, chunkSize: bad), pool.map(tasks, inFlight: bad)] {
                await expectPoolError(.invalidArgument) { for try await _ in map {} }
            }
            await expectPoolError(.invalidArgument) { for try await _ in pool.map(tasks, inFlight: .max) {} }
            var outcomes: [Result<Int, any Error>] = []
            for await (_, result) in pool.mapAsCompleted(tasks, chunkSize: bad) { outcomes.append(result) }
            #expect(outcomes.count == 1)
            await expectPoolError(.invalidArgument) { try outcomes.first?.get() }
            #expect(try await pool.run(Doubling(number: 1)) == 2, "the pool goes on")
        }
    }

    @Test(arguments: [0, 1]) func `24 no input at all, and one`(processes: Int) async throws {
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1) { pool in
            for input in [[], [7]] {
                var results: [Int] = []
                for try await number in pool.map(input.map(Doubling.init)) { results.append(number) }
                for await (_, result) in pool.mapAsCompleted(input.map(Doubling.init)) {
                    results.append(try result.get())
                }
                #expect(results == (input + input).map { 2 * $0 })
            }
            #expect(pool.statistics.submitted == 2)
        }
    }

    @Test(arguments: [0, 2])
    func `25 an error appears when its place is reached and ends the iteration`(processes: Int) async throws {
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 2) { pool async throws in
            var iterator = pool.map((0..<40).map { FailingAt(number: $0, bad: [12, 30]) }).makeAsyncIterator()
            for number in 0..<12 { #expect(try await iterator.next() == number) }
            await #expect(throws: BehaviourError(code: 12)) { _ = try await iterator.next() }
            #expect(try await iterator.next() == nil, "an iteration that has failed is over")
            #expect(try await pool.run(Doubling(number: 1)) == 2)
        }
    }

    @Test(arguments: [0, 2]) func `26 errors do not end an iteration as completed`(processes: Int) async throws {
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 2) { pool in
            let bad: Set = [0, 3, 39]
            var failed: Set<Int> = []
            var succeeded: Set<Int> = []
            for await (index, result) in pool.mapAsCompleted((0..<40).map { FailingAt(number: $0, bad: bad) }) {
                switch result {
                case .success(let number):
                    #expect(number == index)
                    succeeded.insert(index)
                case .failure(let error):
                    #expect(error as? BehaviourError == BehaviourError(code: index))
                    failed.insert(index)
                }
            }
            #expect(failed == bad)
            #expect(succeeded == Set(0..<40).subtracting(bad))
        }
    }
}
