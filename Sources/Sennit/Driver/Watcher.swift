internal import Synchronization

/// Brings results from the workers' completion rings to those who wait for them.
///
/// One thread is the watcher at a time: the pool's drain thread, or a caller that looks for its own result. The
/// doorbell decides who.
final class Watcher: Sendable {
    let doorbell: Doorbell
    let links = LinkTable()

    /// How long callers spin; whoever does takes a copy and puts it back.
    private let callerSpin: Mutex<AdaptiveSpin>
    private let maySpin: Bool
    private let isStopped = Atomic<Bool>(false)
    /// Spins of callers since one was last suspended in place of it.
    private let turns = Atomic<Int>(0)
    /// Results that callers have taken in since the drain thread began to rest.
    private let takenInByCallers = Atomic<Int>(0)

    init(doorbell: Doorbell, maySpin: Bool) {
        self.doorbell = doorbell
        self.maySpin = maySpin
        callerSpin = Mutex(AdaptiveSpin(processorCount: maySpin ? ProcessIdentity.processorCount : 1))
    }

    // MARK: The drain thread

    func stop() {
        isStopped.store(true, ordering: .releasing)
        doorbell.kick()
    }

    /// Bounds what a worker can do that scribbles over the doorbell: silence its neighbours for so long.
    private static var patience: UInt64 { 1_000_000_000 }

    /// The life of the drain thread.
    func run(_ core: PoolCore) {
        SystemThread.sharpenTimers()
        // Not eager: workers and callers want the processor more, and results may gather.
        let spin: AdaptiveSpin? =
            maySpin ? AdaptiveSpin(processorCount: ProcessIdentity.processorCount, isEager: false) : nil
        var (spinning, sleeping): (AdaptiveSpin?, AdaptiveSpin?) = (spin, nil)
        var view = LinkTable.View()
        while !isStopped.load(ordering: .acquiring) {
            // With few tasks about, their callers look for themselves, and this thread must not be in their way.
            let mayWait = core.tasksInFlight > 2
            let outcome =
                mayWait
                ? doorbell.waitForNews(nanoseconds: Self.patience, spin: &spinning) { hasNews(&view) }
                : doorbell.waitForNews(nanoseconds: Self.patience, spin: &sleeping) { hasNews(&view) }
            guard case .watching = outcome else { continue }
            moderate(&view, core)
            drainAndLeave(&view, core)
        }
    }

    /// While results pour in, or while no worker runs short of tasks for some time, looks for results at a pace of its
    /// own instead of being woken for each.
    ///
    /// Being woken costs a worker a system call and this thread a context switch. Resting makes the batches long, and
    /// callers who want something sooner take it in themselves.
    private func moderate(_ view: inout LinkTable.View, _ core: PoolCore) {
        var pause = Self.pause(after: drainAll(&view, core), byCallers: 0, core)
        while pause > 0, !isStopped.load(ordering: .relaxed) {
            takenInByCallers.store(0, ordering: .relaxed)
            doorbell.rest()
            SystemThread.pause(nanoseconds: pause)
            while !doorbell.resume() { SystemThread.pause(nanoseconds: Self.loan) }
            let byCallers = takenInByCallers.load(ordering: .relaxed)
            pause = Self.pause(after: drainAll(&view, core), byCallers: byCallers, core)
        }
    }

    private static func pause(after count: Int, byCallers: Int, _ core: PoolCore) -> UInt64 {
        switch count + byCallers {
        case 0: 0
        case busyBatch...: byCallers > count ? idlePace : pace
        default: core.gatheringTime.load(ordering: .relaxed)
        }
    }

    /// How many results at one look mean that they pour in.
    private static var busyBatch: Int { 8 }
    private static var pace: UInt64 { 40_000 }
    /// The pace while callers take in most results themselves.
    private static var idlePace: UInt64 { 100_000 }
    /// How long to wait for a caller that looks, and perhaps spins, in this thread's place.
    private static var loan: UInt64 { 20_000 }

    // MARK: Others

    /// Drains a link for the last time, after its worker's death.
    func drainFinally(_ link: WorkerLink, _ core: PoolCore) {
        var view = LinkTable.View()
        var isLoan = doorbell.borrow()
        while !isLoan, !doorbell.tryWatch() {
            ThreadBell.yield()
            isLoan = doorbell.borrow()
        }
        _ = core.drainEverything(link)
        if isLoan { doorbell.giveBack() } else { drainAndLeave(&view, core) }
    }

    /// Takes in what is there, unless somebody is at it; may go on looking until `isOver`, if that is likely to pay.
    func look(_ core: PoolCore, mayWait: Bool, until isOver: () -> Bool) {
        var look = Look()
        if hasNews(&look.view) { take(&look, core) }
        if mayWait, maySpin, !isOver(), mayHoldThread() {
            var spin = callerSpin.withLock { $0 }
            // As the watcher from the first look on, so that no worker rings. While somebody else is, what this caller
            // waits for may come through them.
            _ = spin.spin {
                take(&look, core)
                return isOver()
            }
            callerSpin.withLock { $0 = spin }
        }
        switch look.part {
        case .none: break
        case .watching: drainAndLeave(&look.view, core)
        case .borrowing:
            takenInByCallers.add(look.count, ordering: .relaxed)
            doorbell.giveBack()
        }
    }

    /// False now and then: the caller is then suspended, so that other Swift tasks may run on its thread.
    private func mayHoldThread() -> Bool {
        guard turns.add(1, ordering: .relaxed).newValue > Self.longestTurn else { return true }
        turns.store(0, ordering: .relaxed)
        return false
    }

    private static var longestTurn: Int { 1000 }

    /// A caller's look for results.
    private struct Look {
        /// The part that the caller has, as the doorbell gave it.
        enum Part { case none, watching, borrowing }

        var part = Part.none
        var view = LinkTable.View()
        var count = 0
    }

    /// Takes in what is there if the caller has the watcher's part or can have it.
    private func take(_ look: inout Look, _ core: PoolCore) {
        if look.part == .none {
            if doorbell.borrow() { look.part = .borrowing } else if doorbell.tryWatch() { look.part = .watching }
        }
        if look.part != .none { look.count += drainAll(&look.view, core) }
    }

    /// A caller that spun in vain has been resumed with its result: the next one may do well to spin longer.
    func lookedTooShort() { callerSpin.withLock { $0.wake(at: MonotonicClock.now()) } }

    private func drainAndLeave(_ view: inout LinkTable.View, _ core: PoolCore) {
        repeat { drainAll(&view, core) } while !doorbell.unwatch(hasNews: { hasNews(&view) })
    }

    private func hasNews(_ view: inout LinkTable.View) -> Bool {
        links.refresh(&view)
        return view.links.contains { $0.channel.hasNews }
    }

    @discardableResult
    private func drainAll(_ view: inout LinkTable.View, _ core: PoolCore) -> Int {
        links.refresh(&view)
        var count = 0
        for link in view.links where link.channel.hasNews { count += core.drainEverything(link) }
        return count
    }
}
