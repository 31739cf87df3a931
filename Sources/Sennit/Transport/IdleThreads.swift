import CSennit

/// Who among a worker's threads is looking for work and who sleeps; decides whom a post must wake.
///
/// One word counts searchers (upper half) and sleepers (lower half), so that both change in one step.
/// A wake-up turns one sleeper into one searcher in that step and then hands out a permit; whichever
/// sleeper takes the permit is the searcher. Sleepers are interchangeable, so no wake-up is ever lost
/// or handed to a thread that is not there.
struct IdleThreads: Sendable {
    private static let oneSearcher: UInt64 = 1 << 32
    private static let oneSleeper: UInt64 = 1
    /// Attempts to change a word that others keep changing; reached only if a peer scribbles on it.
    private static let patience = 10_000

    private let counts: SharedUInt64
    private let permits: SharedUInt32

    init(_ region: SharedRegion) {
        counts = region.word64(at: ControlOffset.idle)
        permits = region.word32(at: ControlOffset.permits)
    }

    private static func searchers(_ counts: UInt64) -> UInt64 { counts >> 32 }
    private static func sleepers(_ counts: UInt64) -> UInt64 { counts & 0xFFFF_FFFF }
    private static func mustWake(_ counts: UInt64) -> Bool { searchers(counts) == 0 && sleepers(counts) > 0 }

    /// Whether work published before this call might be overlooked: somebody sleeps, nobody searches.
    func needsWake() -> Bool {
        sennit_fence()
        return Self.mustWake(counts.load())
    }

    /// Wakes one sleeper as a searcher, unless somebody searches already; false when nobody was woken.
    @discardableResult
    func wakeOne() -> Bool {
        let woken = update { Self.mustWake($0) ? $0 &+ Self.oneSearcher &- Self.oneSleeper : nil }
        guard woken != nil else { return false }
        permits.add(1)
        permits.wakeSleepers(1)
        return true
    }

    /// Wakes every sleeper as a searcher.
    func wakeAll() {
        let before = update { counts in
            let sleepers = Self.sleepers(counts)
            return sleepers > 0 ? counts &+ sleepers &* Self.oneSearcher &- sleepers : nil
        }
        guard let before else { return }
        let woken = UInt32(truncatingIfNeeded: Self.sleepers(before))
        permits.add(woken)
        permits.wakeSleepers(Int32(clamping: woken))
    }

    /// Becomes the searcher; false when there is one already.
    func becomeSearcher() -> Bool {
        update { Self.searchers($0) == 0 ? $0 &+ Self.oneSearcher : nil } != nil
    }

    /// Stops searching; the caller then looks at the queue once more, behind this step's fence.
    func stopSearching() {
        counts.add(0 &- Self.oneSearcher)
        sennit_fence()
    }

    /// Counts the caller as a sleeper, and no longer as a searcher if it was one, in one step.
    ///
    /// The caller then looks at the queue once more, and either takes itself back or takes a permit.
    func beginSleep(asSearcher: Bool) {
        counts.add(asSearcher ? Self.oneSleeper &- Self.oneSearcher : Self.oneSleeper)
        sennit_fence()
    }

    /// Turns the caller from sleeper to searcher; false when a permit is on its way to it instead.
    func cancelSleep() -> Bool {
        update { Self.sleepers($0) > 0 ? $0 &+ Self.oneSearcher &- Self.oneSleeper : nil } != nil
    }

    /// Sleeps until there is a permit, and takes it: the caller is a searcher then.
    func takePermit() {
        while true {
            let available = permits.load()
            if available == 0 {
                permits.sleep(while: 0)
            } else if permits.replace(available, by: available &- 1) {
                return
            }
        }
    }

    /// Replaces the counts by what `change` makes of them and returns them as they were; nil when it
    /// declines.
    private func update(_ change: (UInt64) -> UInt64?) -> UInt64? {
        for _ in 0..<Self.patience {
            let before = counts.load()
            guard let after = change(before) else { return nil }
            if counts.replace(before, by: after) { return before }
        }
        return nil
    }
}
