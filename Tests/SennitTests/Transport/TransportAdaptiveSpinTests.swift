import Sennit
import Testing

@Suite struct TransportAdaptiveSpinTests {
    /// The value under test behind a reference: expectations cannot call what mutates a variable.
    private final class Spinner {
        private var spin: AdaptiveSpin
        var budget: UInt64 { spin.budget }
        var suspendedUntil: UInt64 { spin.suspendedUntil }

        init(processorCount: Int) { spin = AdaptiveSpin(processorCount: processorCount) }
        func begin(at now: UInt64) -> Bool { spin.begin(at: now) }
        func shouldContinue(at now: UInt64) -> Bool { spin.shouldContinue(at: now) }
        func succeed() { spin.succeed() }
        func wake(at now: UInt64) { spin.wake(at: now) }
    }

    /// Spins from `start` in steps of a microsecond until told to stop; returns when.
    private func spinInVain(_ spin: Spinner, from start: UInt64) -> UInt64 {
        var now = start
        guard spin.begin(at: now) else { return now }
        repeat { now += 1_000 } while spin.shouldContinue(at: now)
        return now
    }

    @Test func `one processor never spins`() {
        let spin = Spinner(processorCount: 1)
        #expect(!spin.begin(at: 5))
        spin.wake(at: 10)
        #expect(!spin.begin(at: 20))
    }

    @Test func `success lets the budget grow up to its limit`() {
        let spin = Spinner(processorCount: 2)
        var before = spin.budget
        for _ in 0..<10 {
            #expect(spin.begin(at: 0))
            spin.succeed()
            #expect(spin.budget >= before)
            before = spin.budget
        }
        #expect(spin.budget == AdaptiveSpin.largestBudget)
    }

    @Test func `spinning in vain shrinks the budget to nothing`() {
        let spin = Spinner(processorCount: 2)
        var now: UInt64 = 1
        for _ in 0..<10 {
            now = spinInVain(spin, from: now) + 10_000_000
            spin.wake(at: now)
        }
        #expect(spin.budget == 0)
        #expect(!spin.begin(at: now))
    }

    @Test func `a spin ends with its budget`() {
        let spin = Spinner(processorCount: 2)
        let budget = spin.budget
        #expect(spinInVain(spin, from: 100) == 100 + budget)
    }

    @Test func `news soon after falling asleep brings spinning back`() {
        let spin = Spinner(processorCount: 2)
        var now: UInt64 = 1
        while spin.budget > 0 { now = spinInVain(spin, from: now) + 10_000_000 }
        #expect(!spin.begin(at: now))
        spin.wake(at: now + 40_000)
        #expect(spin.budget >= AdaptiveSpin.smallestBudget)
        #expect(spin.begin(at: now + 50_000))
    }

    @Test func `being descheduled suspends spinning, longer each time`() {
        let spin = Spinner(processorCount: 2)
        var now: UInt64 = 1
        var expected = AdaptiveSpin.shortestSuspension
        for _ in 0..<12 {
            #expect(spin.begin(at: now))
            now += AdaptiveSpin.gap + 1
            #expect(!spin.shouldContinue(at: now))
            #expect(spin.suspendedUntil == now + expected)
            #expect(!spin.begin(at: spin.suspendedUntil - 1))
            now = spin.suspendedUntil
            expected = min(AdaptiveSpin.longestSuspension, expected * 2)
        }
        #expect(expected == AdaptiveSpin.longestSuspension)
    }

    @Test func `a gap just within the limit is no suspicion`() {
        let spin = Spinner(processorCount: 2)
        spin.succeed()
        #expect(spin.begin(at: 0))
        #expect(spin.shouldContinue(at: AdaptiveSpin.gap))
        #expect(spin.suspendedUntil == 0)
    }

    @Test func `success resets the length of suspensions`() {
        let spin = Spinner(processorCount: 2)
        for _ in 0..<3 {
            _ = spin.begin(at: spin.suspendedUntil)
            _ = spin.shouldContinue(at: spin.suspendedUntil + AdaptiveSpin.gap + 1)
        }
        let now = spin.suspendedUntil
        #expect(spin.begin(at: now))
        spin.succeed()
        _ = spin.begin(at: now)
        _ = spin.shouldContinue(at: now + AdaptiveSpin.gap + 1)
        #expect(spin.suspendedUntil == now + AdaptiveSpin.gap + 1 + AdaptiveSpin.shortestSuspension)
    }

    @Test func `news that comes as soon as spinning stops suspends it`() {
        let spin = Spinner(processorCount: 2)
        for _ in 0..<5 { spin.succeed() }
        let stopped = spinInVain(spin, from: 1)
        spin.wake(at: stopped + 4_000)
        #expect(spin.suspendedUntil == stopped + 4_000 + AdaptiveSpin.shortestSuspension)
    }

    @Test func `a clock that goes backwards does no harm`() {
        let spin = Spinner(processorCount: 2)
        #expect(spin.begin(at: 1_000))
        #expect(spin.shouldContinue(at: 10))
        spin.wake(at: 0)
    }
}
