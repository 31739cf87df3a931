import Sennit
import SennitTesting
import Testing

@Suite(.timeLimit(.minutes(5))) struct SimulationLeakTests {
    // In a process of its own, where nobody else has segments.
    @Test func `no segment outlives its pool`() async {
        await #expect(processExitsWith: .success) {
            var faults = SimulatedFaults.rough
            faults.deathDuringTask = 0.2
            faults.mostFaults = 20
            for seed in UInt64(0)..<30 {
                try await withSimulatedPool(processes: 3, seed: seed, faults: faults) { pool in
                    let tasks = (0..<20).map { Freight(bytes: [UInt8](repeating: 1, count: 20_000 * $0)) }
                    for await _ in pool.mapAsCompleted(tasks, inFlight: 6) {}
                }
                let statistics = SegmentRegistry.process.statistics
                try #require(statistics.used == 0, "seed \(seed): \(statistics)")
            }
        }
    }
}
