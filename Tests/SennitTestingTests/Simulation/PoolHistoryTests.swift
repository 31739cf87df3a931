import Sennit
import SennitTesting
import Testing

@Suite(.timeLimit(.minutes(60))) struct PoolHistoryTests {
    @Test func `every history of a whole pool ends well`() async throws {
        var tasks = 0
        try await forEachSeed(300) { seed in tasks += try await PoolHistory(seed: seed).live() }
        #expect(tasks > 0)
    }
}
