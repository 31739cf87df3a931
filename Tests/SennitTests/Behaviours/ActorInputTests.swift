import Sennit
import Testing

/// Inputs that belong to the actor that iterates: what it made for itself is called on it alone.
@Suite(.timeLimit(.minutes(5))) struct ActorInputTests {
    @MainActor
    private final class Counter {
        var pulled = 0

        func task(_ number: Int) -> Doubling {
            pulled += 1
            return Doubling(number: number)
        }
    }

    /// A sequence as an asynchronous one, in the iterating task.
    private struct Steps<Base: Sequence>: AsyncSequence {
        let base: Base

        struct AsyncIterator: AsyncIteratorProtocol {
            var base: Base.Iterator

            mutating func next() async -> Base.Element? { base.next() }

            mutating func next(isolation actor: isolated (any Actor)?) async throws(Never) -> Base.Element? {
                base.next()
            }
        }

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator(base: base.makeIterator()) }
    }

    private static let count = 5000

    @MainActor
    @Test(arguments: [0, 2])
    func `a map pulls a sequence on the actor that iterates`(processes: Int) async throws {
        let counter = Counter()
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1) { pool in
            var sum = 0
            // The closure is the main actor's: the compiler has it checked where it is called.
            let tasks = (0..<Self.count).lazy.map { counter.task($0) }
            for try await number in pool.map(tasks, inFlight: 16) { sum += number }
            #expect(sum == Self.count * (Self.count - 1))
        }
        #expect(counter.pulled == Self.count)
    }

    @MainActor
    @Test(arguments: [0, 2])
    func `a map as completed pulls a sequence on the actor that iterates`(processes: Int) async throws {
        let counter = Counter()
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1) { pool in
            let tasks = (0..<Self.count).lazy.map { counter.task($0) }
            for await (index, result) in pool.mapAsCompleted(tasks, inFlight: 16) {
                let number = try result.get()
                #expect(number == 2 * index)
            }
        }
        #expect(counter.pulled == Self.count)
    }

    @MainActor
    @Test(arguments: [0, 2])
    func `an asynchronous input of the actor is pulled there too`(processes: Int) async throws {
        let counter = Counter()
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1) { pool in
            var sum = 0
            let tasks = Steps(base: (0..<Self.count).lazy.map { counter.task($0) })
            for try await number in pool.map(tasks, inFlight: 16) { sum += number }
            #expect(sum == Self.count * (Self.count - 1))
            for await (index, result) in pool.mapAsCompleted(tasks, inFlight: 16) {
                let number = try result.get()
                #expect(number == 2 * index)
            }
        }
        #expect(counter.pulled == 2 * Self.count)
    }

    @MainActor
    @Test(arguments: [0, 2])
    func `all results are collected on the actor`(processes: Int) async throws {
        let counter = Counter()
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1) { pool in
            let tasks = (0..<Self.count).lazy.map { counter.task($0) }
            let outputs = try await pool.map(tasks, inFlight: 16).collect()
            #expect(outputs.count == Self.count)
            let outcomes = try await pool.mapAsCompleted(tasks, inFlight: 16).collect()
            #expect(outcomes.count == Self.count)
        }
        #expect(counter.pulled == 2 * Self.count)
    }
}
