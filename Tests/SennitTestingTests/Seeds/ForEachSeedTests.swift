import Foundation
import SennitTesting
import Testing

@Suite struct ForEachSeedTests {
    private struct Wrong: Error {}

    @Test(.enabled(if: ForEachSeedTests.isPlain)) func `seeds follow each other`() async throws {
        var seeds: [UInt64] = []
        try await forEachSeed(4, from: 10) { seeds.append($0) }
        #expect(seeds == [10, 11, 12, 13])
    }

    @Test func `one seed is replayed`() {
        #expect(SeedPlan(count: 9, first: 0, environment: ["SENNIT_SEED": "17", "SOAK": "1"]).seeds == [17])
        #expect(SeedPlan(count: 2, first: 5, environment: ["SENNIT_SEED": "none"]).seeds == [5, 6])
    }

    @Test func `a soak runs a hundred times as many`() {
        #expect(SeedPlan(count: 3, first: 1, environment: ["SOAK": "1"]).seeds == Array(1...300))
        #expect(SeedPlan(count: 3, first: 1, environment: ["SOAK": "0"]).seeds.count == 3)
        #expect(SeedPlan(count: -3, first: 1, environment: [:]).seeds.isEmpty)
    }

    @Test(.enabled(if: ForEachSeedTests.isPlain)) func `a failing seed says how to replay it`() async throws {
        let failure = await #expect(throws: SeedFailure.self) {
            try await forEachSeed(9) { seed in if seed == 6 { throw Wrong() } }
        }
        #expect(failure?.seed == 6)
        #expect(
            failure?.replayCommand
                == "SENNIT_SEED=6 swift test --filter 'a failing seed says how to replay it'")
        #expect(failure?.description.contains("Wrong") == true)
    }

    /// Whether the environment leaves the seeds alone.
    private static var isPlain: Bool {
        let environment = ProcessInfo.processInfo.environment
        return environment["SENNIT_SEED"] == nil && environment["SOAK"] != "1"
    }
}
