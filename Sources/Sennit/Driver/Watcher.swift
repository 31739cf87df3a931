internal import Synchronization

/// Brings results from the workers' completion rings to those who wait for them.
///
/// One thread is the watcher at a time: the pool's drain thread, or a caller that spins for its own result. The
/// doorbell decides who.
final class Watcher: @unchecked Sendable {
    let doorbell: Doorbell
    let links = LinkTable()

    // Only the watcher touches it.
    private var callerSpin: AdaptiveSpin
    private let maySpin: Bool
    private let isStopped = Atomic<Bool>(false)

    init(doorbell: Doorbell, maySpin: Bool) {
        self.doorbell = doorbell
        self.maySpin = maySpin
        callerSpin = AdaptiveSpin(processorCount: maySpin ? ProcessIdentity.processorCount : 1)
    }

    func stop() {
        isStopped.store(true, ordering: .releasing)
        doorbell.kick()
    }

    /// Bounds what a worker can do that scribbles over the doorbell: silence its neighbours for so long.
    private static var patience: UInt64 { 1_000_000_000 }

    /// The life of the drain thread.
    func run(_ core: PoolCore) {
        SystemThread.sharpenTimers()
        var spin: AdaptiveSpin? = maySpin ? AdaptiveSpin(processorCount: ProcessIdentity.processorCount) : nil
        var view = LinkTable.View()
        while !isStopped.load(ordering: .acquiring) {
            // With few tasks about, their callers may look for themselves, and this thread must not be in their way.
            let outcome: DoorbellOutcome
            if core.inFlight.load(ordering: .relaxed) > 2 {
                outcome = doorbell.waitForNews(nanoseconds: Self.patience, spin: &spin) { hasNews(&view) }
            } else {
                var none: AdaptiveSpin?
                outcome = doorbell.waitForNews(nanoseconds: Self.patience, spin: &none) { hasNews(&view) }
            }
            guard case .watching = outcome else { continue }
            moderate(&view, core)
            drainAndLeave(&view, core)
        }
    }

    /// While results pour in, looks for them at a steady pace instead of being woken for each.
    ///
    /// Being woken costs a worker a system call and this thread a context switch. At this pace the batches are long
    /// and nobody makes system calls but for one short sleep; the price is a delay of a few dozen microseconds.
    private func moderate(_ view: inout LinkTable.View, _ core: PoolCore) {
        while drainAll(&view, core) >= Self.busyBatch, !isStopped.load(ordering: .relaxed) {
            SystemThread.pause(nanoseconds: Self.pace)
        }
    }

    /// How many results at one look mean that they pour in.
    private static var busyBatch: Int { 24 }
    private static var pace: UInt64 { 40_000 }

    /// Drains a link for the last time, after its worker's death.
    func drainFinally(_ link: WorkerLink, _ core: PoolCore) {
        var view = LinkTable.View()
        while !doorbell.tryWatch() { ThreadBell.yield() }
        _ = core.drainEverything(link)
        drainAndLeave(&view, core)
    }

    /// Waits actively for one task's end, if that is likely to pay.
    func spin(for task: PendingTask, _ core: PoolCore) {
        guard maySpin, doorbell.tryWatch() else { return }
        var view = LinkTable.View()
        _ = callerSpin.spin {
            drainAll(&view, core)
            return task.isFinished
        }
        drainAndLeave(&view, core)
    }

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
