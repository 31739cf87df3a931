import CSennit
import Synchronization

/// Where the words of a doorbell lie in its region.
enum DoorbellLayout {
    static let magic = 0
    /// 1 while nobody in the parent watches for news: who brings some must ring.
    static let unwatched = 128
    /// Changes with every ring; the drain thread sleeps on it.
    static let rings = 256

    static let byteCount = 384
    /// "SENNITDB".
    static let magicValue: UInt64 = 0x5345_4E4E_4954_4442
}

/// How a wait for news ended.
package enum DoorbellOutcome: Sendable {
    /// There is news, and the caller is the watcher now: drain, then `unwatch`.
    case watching
    case timedOut
    /// `kick` was called since the last wait.
    case kicked
}

/// The parent's end of a pool's doorbell: who watches the workers' completion rings, and who sleeps.
///
/// At most one thread is the watcher. The drain thread waits for news in `waitForNews`; any other
/// thread may become the watcher for a while (`tryWatch`), poll and drain, and workers do not ring
/// meanwhile. Whoever stops watching looks once more, so that no news is overlooked: see README.md.
/// A watcher that only wants to look again later may `rest`: workers still do not ring, and others may
/// `borrow` its part meanwhile.
package final class Doorbell: Sendable {
    package static let byteCount = DoorbellLayout.byteCount

    private let region: SharedRegion
    private let unwatched: SharedUInt32
    private let rings: SharedUInt32
    private let watch = Atomic<UInt8>(Watch.nobody)
    private let isKicked = Atomic<Bool>(false)

    private enum Watch {
        static let nobody: UInt8 = 0
        static let active: UInt8 = 1
        /// The watcher sleeps for a moment; its part may be borrowed.
        static let resting: UInt8 = 2
    }

    /// Makes a doorbell in a fresh, zero-filled region of at least `byteCount` bytes.
    package init(region: SharedRegion) throws(ChannelError) {
        try region.check(holds: DoorbellLayout.byteCount)
        guard region.word64(at: DoorbellLayout.magic).load() == 0 else { throw .regionInUse }
        self.region = region
        unwatched = region.word32(at: DoorbellLayout.unwatched)
        rings = region.word32(at: DoorbellLayout.rings)
        unwatched.store(1)
        region.word64(at: DoorbellLayout.magic).storeRelease(DoorbellLayout.magicValue)
    }

    /// Becomes the watcher; false while another thread is, which then will look again before it leaves.
    package func tryWatch() -> Bool {
        guard replaceWatch(Watch.nobody, by: Watch.active) else { return false }
        unwatched.storeRelease(0)
        return true
    }

    private func replaceWatch(_ expected: UInt8, by desired: UInt8) -> Bool {
        // Looked at first: a failing exchange would take the line from the one who works with it.
        watch.load(ordering: .relaxed) == expected
            && watch.compareExchange(expected: expected, desired: desired, ordering: .sequentiallyConsistent).exchanged
    }

    // MARK: Resting

    /// Lends the watcher's part to whoever wants to look meanwhile; the watcher must `resume` before long.
    package func rest() { watch.store(Watch.resting, ordering: .sequentiallyConsistent) }

    /// Takes the part back after `rest`; false while somebody has borrowed it, who soon gives it back.
    package func resume() -> Bool { replaceWatch(Watch.resting, by: Watch.active) }

    /// Becomes the watcher in place of one that rests, until `giveBack`; false when none does.
    package func borrow() -> Bool { replaceWatch(Watch.resting, by: Watch.active) }

    /// Ends a loan: the one who rests will look again, so nothing is overlooked.
    package func giveBack() { watch.store(Watch.resting, ordering: .sequentiallyConsistent) }

    // MARK: Leaving

    /// Stops watching; false when there is news that nobody would hear of: the caller is the watcher still,
    /// and drains or hands over.
    package func unwatch(hasNews: () -> Bool) -> Bool {
        watch.store(Watch.nobody, ordering: .sequentiallyConsistent)
        _ = unwatched.exchange(1)
        sennit_fence()
        // If the exchange fails a worker has rung, if tryWatch fails there is a new watcher who will
        // look again after it leaves: either way the news is somebody else's.
        guard hasNews(), unwatched.replace(1, by: 0) else { return true }
        return !tryWatch()
    }

    /// Stops watching and wakes the drain thread to go on: one system call.
    package func handOver() {
        watch.store(Watch.nobody, ordering: .sequentiallyConsistent)
        ringDrainThread()
    }

    /// Makes the drain thread's present or next `waitForNews` return `kicked`.
    package func kick() {
        isKicked.store(true, ordering: .sequentiallyConsistent)
        ringDrainThread()
    }

    private func ringDrainThread() {
        rings.add(1)
        rings.wakeSleepers(1)
    }

    /// Waits until there is news and becomes the watcher; for the drain thread, which must not be watching.
    ///
    /// `spin` is the caller's own; pass nil to sleep at once, as one does when callers poll for themselves.
    /// `nanoseconds` nil waits without limit. A bounded wait also bounds what a worker can do that
    /// scribbles over the doorbell: silence its neighbours until the wait ends.
    package func waitForNews(
        nanoseconds: UInt64?, spin: inout AdaptiveSpin?, hasNews: () -> Bool
    ) -> DoorbellOutcome {
        let deadline = nanoseconds.map { limit in
            let (sum, overflows) = sennit_monotonic_ns().addingReportingOverflow(limit)
            return overflows ? .max : sum
        }
        while true {
            let heard = rings.loadAcquire()
            if isKicked.exchange(false, ordering: .sequentiallyConsistent) { return .kicked }
            if tryWatch() {
                let found = spin?.spin { hasNews() || isKicked.load(ordering: .relaxed) } ?? hasNews()
                if found && hasNews() { return .watching }
                guard unwatch(hasNews: hasNews) else { return .watching }
            }
            var remaining: Int64?
            if let deadline {
                let now = sennit_monotonic_ns()
                guard now < deadline else { return .timedOut }
                remaining = Int64(clamping: deadline - now)
            }
            rings.sleep(while: heard, nanoseconds: remaining)
            spin?.wake(at: sennit_monotonic_ns())
        }
    }
}

/// A worker's end of the pool's doorbell.
package final class DoorbellButton: Sendable {
    private let region: SharedRegion
    private let unwatched: SharedUInt32
    private let rings: SharedUInt32

    /// Attaches to a doorbell that a parent has made; throws when the region holds none.
    package init(region: SharedRegion) throws(ChannelError) {
        try region.check(holds: DoorbellLayout.byteCount)
        guard region.word64(at: DoorbellLayout.magic).loadAcquire() == DoorbellLayout.magicValue else {
            throw .notAChannel
        }
        self.region = region
        unwatched = region.word32(at: DoorbellLayout.unwatched)
        rings = region.word32(at: DoorbellLayout.rings)
    }

    /// Wakes the parent's drain thread if nobody there watches; call it after the news is published.
    package func ring() {
        sennit_fence()
        guard unwatched.load() == 1, unwatched.replace(1, by: 0) else { return }
        rings.add(1)
        rings.wakeSleepers(1)
    }
}
