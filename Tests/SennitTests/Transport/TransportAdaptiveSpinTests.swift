import Sennit
import SennitTesting
import Testing

@Suite struct TransportAdaptiveSpinTests {
    /// The value under test behind a reference: expectations cannot call what mutates a variable.
    private final class Spinner {
        private var spin: AdaptiveSpin
        var budget: UInt64 { spin.budget }
        var suspendedUntil: UInt64 { spin.suspendedUntil }

        init(processorCount: Int, isEager: Bool = true) {
            spin = AdaptiveSpin(processorCount: processorCount, isEager: isEager)
        }
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
            now += AdaptiveSpin.turn + 1
            #expect(!spin.shouldContinue(at: now))
            #expect(spin.suspendedUntil == now + expected)
            #expect(!spin.begin(at: spin.suspendedUntil - 1))
            now = spin.suspendedUntil
            expected = min(AdaptiveSpin.longestSuspension, expected * 2)
        }
        #expect(expected == AdaptiveSpin.longestSuspension)
    }

    @Test func `an interruption uses up no budget`() {
        let spin = Spinner(processorCount: 2)
        let budget = spin.budget
        #expect(spin.begin(at: 0))
        #expect(spin.shouldContinue(at: AdaptiveSpin.turn))
        #expect(spin.shouldContinue(at: AdaptiveSpin.turn + budget - 1))
        #expect(!spin.shouldContinue(at: AdaptiveSpin.turn + budget))
        #expect(spin.suspendedUntil == 0)
    }

    @Test func `many interruptions at once suspend spinning, few do not`() {
        let interruption = AdaptiveSpin.gap + 1
        let spin = Spinner(processorCount: 2)
        var now: UInt64 = 0
        for _ in 0..<1_000 {
            now += AdaptiveSpin.shortestSuspension / UInt64(AdaptiveSpin.toleratedInterruptions)
            #expect(spin.begin(at: now))
            #expect(spin.shouldContinue(at: now + interruption))
        }
        now += AdaptiveSpin.shortestSuspension
        for _ in 0..<AdaptiveSpin.toleratedInterruptions {
            #expect(spin.begin(at: now))
            now += interruption
            #expect(spin.shouldContinue(at: now))
        }
        #expect(spin.begin(at: now))
        #expect(!spin.shouldContinue(at: now + interruption))
        #expect(spin.suspendedUntil > now)
    }

    @Test func `success resets the length of suspensions`() {
        let spin = Spinner(processorCount: 2)
        for _ in 0..<3 {
            _ = spin.begin(at: spin.suspendedUntil)
            _ = spin.shouldContinue(at: spin.suspendedUntil + AdaptiveSpin.turn + 1)
        }
        let now = spin.suspendedUntil
        #expect(spin.begin(at: now))
        spin.succeed()
        _ = spin.begin(at: now)
        _ = spin.shouldContinue(at: now + AdaptiveSpin.turn + 1)
        #expect(spin.suspendedUntil == now + AdaptiveSpin.turn + 1 + AdaptiveSpin.shortestSuspension)
    }

    @Test func `the longest spin is wasted four times in a row before spinning is suspended`() {
        let spin = Spinner(processorCount: 2)
        for _ in 0..<5 { spin.succeed() }
        var now: UInt64 = 1
        for _ in 1..<AdaptiveSpin.toleratedWaste {
            now = spinInVain(spin, from: now) + 4_000
            spin.wake(at: now)
            #expect(spin.suspendedUntil == 0)
            #expect(spin.budget == AdaptiveSpin.largestBudget)
        }
        now = spinInVain(spin, from: now) + 4_000
        spin.wake(at: now)
        #expect(spin.suspendedUntil == now + AdaptiveSpin.shortestSuspension)
    }

    @Test(arguments: [(wastes: 1, successes: 2, isSuspended: false), (1, 1, true), (3, 1, true), (2, 4, false)])
    func `spinning goes on while two spins succeed for each that is wasted`(
        wastes: Int, successes: Int, isSuspended: Bool
    ) {
        let spin = Spinner(processorCount: 2)
        for _ in 0..<5 { spin.succeed() }
        var now: UInt64 = 1
        for _ in 0..<20 where spin.suspendedUntil == 0 {
            for _ in 0..<wastes where spin.suspendedUntil == 0 {
                now = spinInVain(spin, from: now) + 4_000
                spin.wake(at: now)
            }
            for _ in 0..<successes where spin.begin(at: now) { spin.succeed() }
        }
        #expect((spin.suspendedUntil > 0) == isSuspended)
    }

    @Test func `one that is not eager keeps its budget after a near miss, and one wasted longest spin suspends it`() {
        let spin = Spinner(processorCount: 2, isEager: false)
        let budget = spin.budget
        var now: UInt64 = 1
        for _ in 0..<20 {
            now = spinInVain(spin, from: now) + 20_000
            spin.wake(at: now)
            #expect(spin.budget == budget)
        }
        for _ in 0..<5 { spin.succeed() }
        now = spinInVain(spin, from: now) + 4_000
        spin.wake(at: now)
        #expect(spin.suspendedUntil == now + AdaptiveSpin.shortestSuspension)
    }

    // MARK: Peers

    /// What a sleeper loses until it runs again.
    private static let wakeUp: UInt64 = 40_000

    /// Waits for news that come `latency` after `now`, as a thread does, and sets `now` to when it has them.
    ///
    /// - Returns: Whether a spin met them.
    private func meet(_ spin: Spinner, after latency: UInt64, at now: inout UInt64) -> Bool {
        let news = now + latency
        if spin.begin(at: now) {
            repeat {
                now += 1_000
                if now >= news {
                    spin.succeed()
                    return true
                }
            } while spin.shouldContinue(at: now)
        }
        now = max(now, news) + Self.wakeUp
        spin.wake(at: now)
        return false
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `a peer that answers within the largest budget is met after six rounds, whatever came before`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let spin = Spinner(processorCount: 2)
        var now: UInt64 = 1
        // A past of long and short waits leaves any budget.
        for _ in 0..<random.next() % 20 {
            _ = meet(spin, after: [1_000, 10_000, 30_000, 2_000_000][Int(random.next() % 4)], at: &now)
        }
        // What it had cost it a suspension is over.
        now = max(now, spin.suspendedUntil)
        let latency = 1_000 + random.next() % (AdaptiveSpin.largestBudget - 2_000)
        let rounds = (0..<30).map { _ in meet(spin, after: latency, at: &now) }
        #expect(rounds.dropFirst(6).allSatisfy { $0 }, "a latency of \(latency) ns is met in the rounds \(rounds)")
    }

    /// Two threads that answer each other, each after `work`; returns the time of each round.
    private func rounds(of count: Int, work: UInt64, _ mine: Spinner, _ peer: Spinner) -> [UInt64] {
        // While one side works the other waits: a wait lasts for the other's wake-up and its work.
        var now: UInt64 = 1
        var sleeps = true
        return (0..<count).map { _ in
            let began = now
            for side in [mine, peer] {
                let isMet = meet(side, after: (sleeps ? Self.wakeUp : 0) + work, at: &now)
                // Its own way out of the sleep is the next side's wait.
                if !isMet { now -= Self.wakeUp }
                sleeps = !isMet
            }
            return now - began
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `two sides that have slept come to spin for each other`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let work = 1_000 + random.next() % 9_000
        let (mine, peer) = (Spinner(processorCount: 2), Spinner(processorCount: 2))
        var now: UInt64 = 1
        for spin in [mine, peer] {
            for _ in 0..<random.next() % 6 { _ = meet(spin, after: 2_000_000, at: &now) }
        }
        let times = rounds(of: 40, work: work, mine, peer)
        // Each wait takes the other's work and no wake-up, to the step of a look.
        #expect(times.suffix(20).allSatisfy { $0 <= 2 * (work + 1_000) }, "\(times)")
    }

    @Test func `a clock that goes backwards does no harm`() {
        let spin = Spinner(processorCount: 2)
        #expect(spin.begin(at: 1_000))
        #expect(spin.shouldContinue(at: 10))
        spin.wake(at: 0)
    }
}
