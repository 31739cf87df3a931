import Sennit
import Testing

/// What a caller may say of each element of a map, of a queue that is full, and of all results at once.
@Suite(.timeLimit(.minutes(5))) struct ElementOptionsTests {
    /// Where a task ran, and what travelled beside it.
    private struct Seen: Codable, Sendable, Equatable {
        var number: Int
        var worker: Int
        var label: String?
    }

    private struct Looking: PoolTask {
        var number: Int

        func run(in context: NoContext) throws -> Seen {
            let context = try #require(TaskContext.current)
            return Seen(number: number, worker: context.workerNumber, label: context.metadata["label"])
        }
    }

    private struct Endless: AsyncSequence, Sendable {
        struct AsyncIterator: AsyncIteratorProtocol {
            var number = 0
            mutating func next() async -> Looking? {
                guard number < 30 else { return nil }
                number += 1
                return Looking(number: number - 1)
            }
        }
        func makeAsyncIterator() -> AsyncIterator { AsyncIterator() }
    }

    @Test(arguments: [0, 2]) func `each element has its own key and metadata`(processes: Int) async throws {
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 2) { pool in
            let own: @Sendable (Looking) -> TaskOptions? = { task in
                TaskOptions(key: "\(task.number % 3)", metadata: ["label": "task \(task.number)"])
            }
            func check(_ all: [Seen]) {
                #expect(all.map(\.number) == Array(0..<30))
                for seen in all {
                    #expect(seen.label == "task \(seen.number)")
                    #expect(seen.worker == all[seen.number % 3].worker)
                }
            }
            check(try await pool.map((0..<30).map(Looking.init), optionsFor: own).collect())
            check(try await pool.map(Endless(), optionsFor: own).collect())
            check(
                try await pool.mapAsCompleted((0..<30).map(Looking.init), optionsFor: own).collect().map {
                    try $0.get()
                })
            check(try await pool.mapAsCompleted(Endless(), optionsFor: own).collect().map { try $0.get() })
        }
    }

    @Test func `an element without options of its own has those of all`() async throws {
        try await withProcessThreadPool(processes: 0, threadsPerProcess: 2) { pool in
            let all = try await pool.map(
                (0..<4).map(Looking.init), options: TaskOptions(metadata: ["label": "all"]),
                optionsFor: { $0.number == 2 ? TaskOptions(metadata: ["label": "two"]) : nil }
            ).collect()
            #expect(all.map(\.label) == ["all", "all", "two", "all"])
        }
    }

    @Test func `an element's deadline and timeout end that element alone`() async throws {
        try await withProcessThreadPool(processes: 1, threadsPerProcess: 2, options: quickOptions()) { pool in
            let past = ContinuousClock.now - .seconds(1)
            let results = try await pool.mapAsCompleted(
                (0..<6).map { Burning(number: $0, microseconds: $0 == 4 ? 60_000_000 : 0) },
                optionsFor: { task in
                    switch task.number {
                    case 1: TaskOptions(deadline: past)
                    case 2: TaskOptions(timeout: .zero)
                    case 4: TaskOptions(timeout: .milliseconds(20))
                    default: TaskOptions(isIdempotent: true)
                    }
                }
            ).collect()
            let errors = results.map { result -> (any Error)? in
                if case .failure(let error) = result { error } else { nil }
            }
            #expect((errors[1] as? TaskTimedOut)?.limit == .deadline)
            #expect((errors[2] as? PoolError)?.code == .invalidArgument)
            #expect((errors[4] as? TaskTimedOut)?.limit == .timeout(.milliseconds(20)))
            #expect([0, 3, 5].allSatisfy { errors[$0] == nil }, "\(errors)")
        }
    }

    @Test func `an urgent element overtakes those that wait`() async throws {
        try await withProcessThreadPool(processes: 0, threadsPerProcess: 1) { pool in
            let gate = try TaskGate()
            let first = try await pool.submit(PassingGate(gate))
            for await _ in first.progress { break }
            var order: [Int] = []
            let outcomes = pool.mapAsCompleted(
                (0..<20).map(Looking.init), optionsFor: { TaskOptions(priority: $0.number == 19 ? .high : .low) })
            var iterator = outcomes.makeAsyncIterator()
            let opening = Task { gate.open() }
            while let (index, _) = await iterator.next() { order.append(index) }
            await opening.value
            #expect(order.count == 20)
            #expect(try #require(order.firstIndex(of: 19)) < 10)
        }
    }

    @Test func `a full queue is an answer, not a wait`() async throws {
        var options = PoolOptions()
        options.maximumQueuedTasks = 2
        try await withProcessThreadPool(processes: 0, threadsPerProcess: 1, options: options) { pool in
            let gate = try TaskGate()
            var handles = [try #require(try pool.trySubmit(PassingGate(gate)))]
            // Once it runs, nothing leaves the queue any more.
            for await _ in handles[0].progress { break }
            while let handle = try pool.trySubmit(PassingGate(gate)) {
                handles.append(handle)
                try #require(handles.count < 1000)
            }
            #expect(handles.count >= 2)
            #expect(try pool.trySubmit(PassingGate(gate)) == nil)
            gate.open()
            for handle in handles { _ = try await handle.value }
            #expect(try await pool.trySubmit(Doubling(number: 4))?.value == 8)
            await pool.shutDown()
            #expect { try pool.trySubmit(Doubling(number: 4)) } throws: { ($0 as? PoolError)?.code == .shutDown }
        }
    }

    @Test func `collect gives all outputs in the order of the input, or the first error in that order`() async throws {
        try await withProcessThreadPool(processes: 2, threadsPerProcess: 2) { pool in
            #expect(try await pool.map((0..<100).map(Doubling.init)).collect() == (0..<100).map { 2 * $0 })
            #expect(try await pool.map([Doubling]()).collect() == [])
            await #expect(throws: BehaviourError(code: 3)) {
                try await pool.map((0..<10).map { FailingAt(number: $0, bad: [3, 7]) }).collect()
            }
            let results = try await pool.mapAsCompleted((0..<10).map { FailingAt(number: $0, bad: [3, 7]) }).collect()
            #expect(results.map { try? $0.get() } == [0, 1, 2, nil, 4, 5, 6, nil, 8, 9])
        }
    }

    @Test func `a cancelled collect is an error, not a part of the results`() async throws {
        try await withProcessThreadPool(processes: 0, threadsPerProcess: 1) { pool in
            let gate = try TaskGate()
            let collecting = Task { try await pool.mapAsCompleted((0..<5).map { _ in PassingGate(gate) }).collect() }
            collecting.cancel()
            await #expect(throws: CancellationError.self) { try await collecting.value }
            gate.open()
        }
    }
}
