import Foundation
import SennitTesting
import Testing

@Suite struct EngineSimulationTests {
    private static let environment = ProcessInfo.processInfo.environment

    @Test func `every simulated history ends well`() throws {
        if let text = Self.environment["SENNIT_SEED"], let seed = UInt64(text) {
            try live(seed)
            return
        }
        let isSoak = Self.environment["SOAK"] == "1"
        for seed in 0..<UInt64(isSoak ? 300_000 : 3000) {
            try live(seed)
        }
    }

    @Test func `the same seed gives the same history`() throws {
        for seed in UInt64(0)..<40 {
            var first = EngineSimulation(seed: seed, recordsTrace: true)
            var second = EngineSimulation(seed: seed, recordsTrace: true)
            try first.run()
            try second.run()
            try #require(!first.trace.isEmpty)
            #expect(first.trace.elementsEqual(second.trace) { $0.time == $1.time && $0.action == $1.action })
        }
    }

    private func live(_ seed: UInt64) throws {
        do {
            var simulation = EngineSimulation(seed: seed)
            try simulation.run()
        } catch {
            var again = EngineSimulation(seed: seed, recordsTrace: true)
            try? again.run()
            let history = again.trace.suffix(60).map { "\($0.time) \($0.action)" }.joined(separator: "\n")
            Issue.record(
                """
                \(error)
                Replay it with: SENNIT_SEED=\(seed) swift test --filter EngineSimulation
                The last actions:
                \(history)
                """)
            throw error
        }
    }
}
