import Sennit
import SennitTesting
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct SimulatedPoolTests {
    @Test func `a task runs and gives its output`() async throws {
        let output = try await withSimulatedPool(seed: 1) { pool in try await pool.run(Echo(number: 42)) }
        #expect(output == 42)
    }

    @Test func `an error of the task reaches the caller as itself`() async throws {
        await #expect(throws: Odd(number: 7)) {
            try await withSimulatedPool(seed: 1) { pool in try await pool.run(EvenOnly(number: 7)) }
        }
    }

    @Test func `progress is heard before the end`() async throws {
        let seen = try await withSimulatedPool(seed: 3) { pool in
            let handle = try await pool.submit(EvenOnly(number: 2))
            var seen: [TaskProgress] = []
            for await progress in handle.progress { seen.append(progress) }
            return seen
        }
        #expect(seen == [TaskProgress(completed: 1, total: 2, message: "half")])
    }

    @Test func `each worker has a context of its own, made from the configuration`() async throws {
        let greetings = try await withSimulatedPool(
            of: Greeter.self, configuration: Greeter.Configuration(greeting: "Hello"), processes: 2,
            threadsPerProcess: 1, seed: 5
        ) { pool in
            try await pool.start()
            async let first = pool.run(Greet(name: "Ada"))
            async let second = pool.run(Greet(name: "Grace"))
            return try await [first, second]
        }
        #expect(greetings.map(\.text) == ["Hello, Ada", "Hello, Grace"])
        #expect(Set(greetings.map(\.context)).count == 2)
        #expect(Set(greetings.map(\.process)).count == 2)
    }

    @Test func `payloads travel by every way there is`() async throws {
        for size in [0, 10, 300, 5000, 200_000] {
            for sharing in [PoolOptions.SharedMemory.automatic, .never] {
                var options = PoolOptions()
                options.sharedMemory = sharing
                let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
                let output = try await withSimulatedPool(options: options, seed: 2) { pool in
                    try await pool.run(Freight(bytes: bytes))
                }
                #expect(output == bytes.reversed())
            }
        }
    }

    @Test func `the same seed gives the same history`() async throws {
        var deaths = 0
        var distinct: Set<[SimulationEntry]> = []
        for seed in UInt64(0)..<40 {
            let first = try await history(seed)
            let second = try await history(seed)
            try #require(first.steps == second.steps)
            try #require(first.entries == second.entries)
            distinct.insert(first.entries)
            deaths += first.entries.count { if case .workerDied = $0.event { true } else { false } }
        }
        #expect(distinct.count == 40)
        #expect(deaths > 20)
    }

    private func history(_ seed: UInt64) async throws -> (steps: Int, entries: [SimulationEntry]) {
        try await withSimulatedPool(seed: seed, faults: .rough) { pool in
            let simulation = try #require(Simulation.current)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await _ in pool.mapAsCompleted((0..<20).map { Echo(number: $0, work: .milliseconds($0)) }) {}
                }
                for number in 0..<5 {
                    group.addTask {
                        let handle = try await pool.submit(EvenOnly(number: number))
                        _ = try? await handle.value(within: .milliseconds(4))
                        _ = await handle.result
                    }
                }
                try await group.waitForAll()
            }
            #expect(simulation.disturbances == 0)
            return (simulation.steps, simulation.history)
        }
    }

    @Test func `arguments out of range are refused`() async throws {
        for processes in [0, -1, 5000] {
            await #expect(throws: PoolError.self) {
                try await withSimulatedPool(processes: processes) { _ in }
            }
        }
    }

    @Test func `what the body leaves behind is finished, or cancelled when it throws`() async throws {
        let finished = Mutex<[Result<Int, any Error>]>([])
        let handle = try await withSimulatedPool(seed: 1) { pool in
            let handle = try await pool.submit(Echo(number: 3, work: .seconds(100)))
            handle.onEnd { result in finished.withLock { $0.append(result) } }
            return handle
        }
        #expect(try handle.resultIfEnded?.get() == 3)
        let escaped = Mutex<TaskHandle<Int>?>(nil)
        await #expect(throws: Odd(number: 1)) {
            try await withSimulatedPool(seed: 1) { pool in
                let handle = try await pool.submit(Echo(number: 3, work: .seconds(100)))
                escaped.withLock { $0 = handle }
                throw Odd(number: 1)
            }
        }
        #expect(escaped.withLock { $0?.state } == .cancelled)
    }
}

/// A context that numbers its instances.
final class Greeter: WorkerContext {
    struct Configuration: Codable, Sendable { var greeting: String }

    private static let count = Atomic<Int>(0)
    let greeting: String
    let number: Int

    init(_ configuration: Configuration) async throws {
        greeting = configuration.greeting
        number = Self.count.add(1, ordering: .relaxed).newValue
    }
}

struct Greeting: Codable, Sendable {
    var text: String
    var context: Int
    var process: Int32
}

struct Greet: PoolTask {
    var name: String

    func run(in context: Greeter) async throws -> Greeting {
        try await TaskContext.current?.sleep(for: .seconds(1))
        return Greeting(
            text: "\(context.greeting), \(name)", context: context.number,
            process: TaskContext.current?.processID ?? 0)
    }
}
