import Sennit
import SennitTesting
import Testing

@Suite(.timeLimit(.minutes(1))) struct SimulatedPoolTests {
    @Test func `a task runs and gives its output`() async throws {
        let output = try await withSimulatedPool(seed: 1) { pool in try await pool.run(Echo(number: 42)) }
        #expect(output == 42)
    }

    @Test func `a simulated day takes no time`() async throws {
        let start = ContinuousClock.now
        let elapsed = try await withSimulatedPool(seed: 1) { pool in
            _ = try await pool.run(Echo(number: 1, work: .seconds(86_400)))
            return SimulatedClock.current?.now.offset ?? .zero
        }
        #expect(elapsed >= .seconds(86_400))
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test func `the same seed gives the same history`() async throws {
        for seed in UInt64(0)..<100 {
            let first = try await history(seed)
            let second = try await history(seed)
            try #require(first.steps == second.steps)
            try #require(first.entries == second.entries)
            try #require(first.entries.count > 60)
        }
    }

    private func history(_ seed: UInt64) async throws -> (steps: Int, entries: [SimulationEntry]) {
        try await withSimulatedPool(seed: seed, faults: .rough) { pool in
            var sum = 0
            for await (_, result) in pool.mapAsCompleted((0..<30).map { Echo(number: $0, work: .milliseconds($0)) }) {
                if case .success(let number) = result { sum += number }
            }
            #expect(sum > 0)
            let simulation = try #require(Simulation.current)
            return (simulation.steps, simulation.history)
        }
    }
}
