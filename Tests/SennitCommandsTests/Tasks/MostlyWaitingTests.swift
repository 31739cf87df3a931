import Sennit
import SennitCommands
import Testing

struct MostlyWaitingTests {
    @Test(arguments: WorkloadMode.allCases)
    func `a task waits and computes`(mode: WorkloadMode) async throws {
        let start = MonotonicClock.now()
        let outcome = try await MostlyWaiting(index: 3, mode: mode).run(in: NoContext())
        #expect(MonotonicClock.now() - start >= 20_800_000)
        #expect(outcome.index == 3)
        #expect(outcome.processID == ProcessIdentity.current)
    }
}
