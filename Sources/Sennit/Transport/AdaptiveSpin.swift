/// Decides whether waiting for news should spin first, and for how long.
///
/// A pure value: it is told the times. One per waiting thread. The budget doubles when news came while
/// spinning; it halves when spinning was in vain. When news came so soon after a vain spin that a longer
/// one would have met them, the next budget is twice the one that was too short: halved and doubled it
/// would stay as it is for ever. A gap between two looks at the clock means that the thread was off the
/// processor. Short gaps come from interrupts and from a virtual machine's host, some hundred a second on
/// a quiet machine; a long one, or many short ones, mean that other threads want the processor, and so do
/// longest spins that, more often than not, met nothing though news came soon after: then there is no
/// spinning at all for a while. All times are nanoseconds of one monotonic clock.
package struct AdaptiveSpin: Sendable {
    package static let largestBudget: UInt64 = 50_000
    /// What a budget grows from, and the smallest that is worth the trouble.
    package static let smallestBudget: UInt64 = 2_000
    /// Two looks further apart than this were separated by an interruption; it does not use up budget.
    package static let gap: UInt64 = 20_000
    /// Two looks further apart than this were separated by another thread's turn.
    package static let turn: UInt64 = 500_000
    /// More interruptions than this within `shortestSuspension` count as another thread's turn.
    package static let toleratedInterruptions = 8
    /// So many longest spins in a row that news followed soon suspend spinning; two successes make up for one.
    ///
    /// One alone says little: the other side may have been asleep, or have had more to do this once.
    package static let toleratedWaste = 4
    package static let shortestSuspension: UInt64 = 10_000_000
    /// One vain try in so much time costs a thousandth of a processor; a longer pause would only miss that
    /// the machine has become quiet.
    package static let longestSuspension: UInt64 = 80_000_000
    /// A wait this short, sleep and wake-up included, might have been met by spinning.
    static let nearMiss: UInt64 = 150_000

    /// How long the next wait may spin.
    package private(set) var budget: UInt64 = 20_000
    /// No spinning before this time.
    package private(set) var suspendedUntil: UInt64 = 0

    private let isEnabled: Bool
    private let isEager: Bool
    private var suspension = shortestSuspension
    private var began: UInt64 = 0
    private var lastLook: UInt64 = 0
    /// The budget that this wait has spun away in vain; zero when it did not, or not to the end.
    private var spent: UInt64 = 0
    /// Longest spins in vain with news soon after, counted twice, less the successes.
    private var wasted = 0
    private var interruptions = 0
    private var countingSince: UInt64 = 0

    /// Never spins when there is one processor: nobody else could bring the news meanwhile.
    ///
    /// `isEager`: spins longer after a near miss. One that is not leaves its budget as it is then, and is suspended by
    /// one wasted longest spin: right for a thread that gathers what others make, for whom news a little later cost
    /// nothing, while its spinning takes the processor from those who make them.
    package init(processorCount: Int, isEager: Bool = true) {
        isEnabled = processorCount > 1
        self.isEager = isEager
    }

    /// Starts a wait; false when it should go to sleep at once.
    package mutating func begin(at now: UInt64) -> Bool {
        began = now
        lastLook = now
        spent = 0
        return isEnabled && budget > 0 && now >= suspendedUntil
    }

    /// Whether to go on spinning; to be asked every microsecond or so.
    package mutating func shouldContinue(at now: UInt64) -> Bool {
        let sinceLook = now > lastLook ? now - lastLook : 0
        lastLook = now
        if sinceLook > Self.gap {
            guard sinceLook <= Self.turn, tolerateInterruption(at: now) else {
                suspend(at: now)
                return false
            }
            began += sinceLook
        }
        guard now < began + budget else {
            spent = budget
            budget = budget / 2 < Self.smallestBudget ? 0 : budget / 2
            return false
        }
        return true
    }

    /// News came while spinning.
    package mutating func succeed() {
        suspension = Self.shortestSuspension
        wasted = max(0, wasted - 1)
        grow(from: budget)
    }

    /// News came after `shouldContinue` or `begin` had sent the caller to sleep.
    package mutating func wake(at now: UInt64) {
        guard isEnabled, now >= suspendedUntil, now >= began, now - began <= Self.nearMiss else { return }
        if spent == Self.largestBudget {
            wasted += 2
            // Most likely the other side can run only when we stop.
            guard isEager, wasted < 2 * Self.toleratedWaste else { return suspend(at: now) }
        }
        grow(from: isEager ? max(budget, spent) : budget)
    }

    /// Counts an interruption; false when there were too many of late.
    private mutating func tolerateInterruption(at now: UInt64) -> Bool {
        if now >= countingSince + Self.shortestSuspension {
            countingSince = now
            interruptions = 0
        }
        interruptions += 1
        return interruptions <= Self.toleratedInterruptions
    }

    private mutating func grow(from base: UInt64) {
        budget = min(Self.largestBudget, max(base, Self.smallestBudget) * 2)
    }

    private mutating func suspend(at now: UInt64) {
        interruptions = 0
        wasted = 0
        suspendedUntil = now + suspension
        suspension = min(Self.longestSuspension, suspension * 2)
    }
}
