import Sennit
import Testing

/// Inputs that come one by one: results do not wait for the window to be full, nor for the input.
@Suite(.timeLimit(.minutes(5))) struct LiveInputTests {
    /// An input that gives its next number only when it is told to.
    private func input() -> (tasks: AsyncStream<Doubling>, give: AsyncStream<Doubling>.Continuation) {
        let (stream, continuation) = AsyncStream.makeStream(of: Doubling.self)
        return (stream, continuation)
    }

    @Test(arguments: [0, 1])
    func `a live stream gets each output before it gives the next task`(processes: Int) async throws {
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 2) { pool in
            let (tasks, give) = input()
            var outputs = pool.map(tasks).makeAsyncIterator()
            for number in 0..<50 {
                give.yield(Doubling(number: number))
                // Nothing more comes until this one is back.
                let output = try await outputs.next()
                #expect(output == 2 * number)
            }
            give.finish()
            let end = try await outputs.next()
            #expect(end == nil)

            let (unordered, giveUnordered) = input()
            var outcomes = pool.mapAsCompleted(unordered).makeAsyncIterator()
            for number in 0..<50 {
                giveUnordered.yield(Doubling(number: number))
                let outcome = await outcomes.next()
                #expect(outcome?.index == number)
                #expect(outcome.flatMap { try? $0.result.get() } == 2 * number)
            }
            giveUnordered.finish()
            let last = await outcomes.next()
            #expect(last == nil)
        }
    }

    /// An endless asynchronous input that must stay in the iterating task, and counts its pulls.
    ///
    /// Each but the first comes when the task before it has ended: the worker's one thread takes them in turn.
    private final class Trailing: AsyncSequence, AsyncIteratorProtocol {
        private let pool: ProcessThreadPool<NoContext>
        private(set) var pulls = 0

        init(_ pool: ProcessThreadPool<NoContext>) { self.pool = pool }

        func next() async throws -> Doubling? {
            if pulls > 0 { _ = try await pool.run(Doubling(number: 0)) }
            defer { pulls += 1 }
            return Doubling(number: pulls)
        }

        func makeAsyncIterator() -> Trailing { self }
    }

    @Test func `an input bound to the iterating task is not pulled while there are outputs to give`() async throws {
        try await withProcessThreadPool(processes: 1, threadsPerProcess: 1) { pool in
            let tasks = Trailing(pool)
            var taken = 0
            for try await number in pool.map(tasks, inFlight: 1000) {
                #expect(number == 2 * taken)
                taken += 1
                #expect(tasks.pulls <= taken + 1, "the window need not be full before an output is given")
                if taken == 300 { break }
            }
        }
    }

    /// An endless input that may be iterated anywhere and counts its pulls.
    private struct Shared: AsyncSequence, Sendable {
        let count: PullCount

        struct AsyncIterator: AsyncIteratorProtocol {
            let count: PullCount
            func next() async -> Doubling? { Doubling(number: await count.next()) }
        }

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator(count: count) }
    }

    private actor PullCount {
        private(set) var pulls = 0

        func next() -> Int {
            defer { pulls += 1 }
            return pulls
        }
    }

    @Test(arguments: [1, 8])
    func `an input with a task of its own is never pulled ahead by more than the tasks in flight`(
        inFlight: Int
    ) async throws {
        try await withProcessThreadPool(processes: 1, threadsPerProcess: 2) { pool in
            let count = PullCount()
            var taken = 0
            for try await number in pool.map(Shared(count: count), inFlight: inFlight) {
                #expect(number == 2 * taken)
                taken += 1
                let pulls = await count.pulls
                #expect(pulls <= taken + inFlight)
                if taken == 200 { break }
            }
        }
    }

    @Test func `leaving an iteration cancels the pull of its input`() async throws {
        try await withProcessThreadPool(processes: 0, threadsPerProcess: 1) { pool in
            let (tasks, give) = input()
            let ended = AsyncStream.makeStream(of: Void.self)
            give.onTermination = { _ in ended.continuation.finish() }
            give.yield(Doubling(number: 21))
            for try await number in pool.map(tasks) {
                #expect(number == 42)
                break
            }
            // Ends only when the stream has been let go of or cancelled.
            for await _ in ended.stream {}
        }
    }
}
