import Sennit
import SennitTesting
import Testing

@Suite(.timeLimit(.minutes(60))) struct PoolHistoryTests {
    @Test func `every history of a whole pool ends well`() async throws {
        var all: [EngineCounters] = []
        try await forEachSeed(300) { seed in all.append(try await PoolHistory(seed: seed).live()) }
        guard all.count >= 300 else { return }
        // The histories are worth something only if they have seen all of it.
        #expect(all.sum(\.submitted) > 10_000)
        for outcome in [\EngineCounters.cancelled, \.timedOut, \.lostToDeaths, \.poisoned, \.refused, \.retried] {
            #expect(all.sum(outcome) > 10, "\(outcome)")
        }
        #expect(all.sum(\.workersDied) > 500)
    }
}

extension [EngineCounters] {
    fileprivate func sum(_ count: KeyPath<EngineCounters, Int>) -> Int { reduce(0) { $0 + $1[keyPath: count] } }
}
