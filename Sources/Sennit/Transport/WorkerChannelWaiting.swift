import CSennit
import Synchronization

extension WorkerChannel {
    /// Claims the next task, waiting for one: spins while that pays, then sleeps.
    ///
    /// Nil after `stop`.
    ///
    /// `thread`, below `threadCount`, is the caller's own.
    package func nextTask(thread: Int) -> ClaimedSlot? {
        invariant((0..<threadCount).contains(thread), "a thread index is out of range")
        guard !hasStopped else { return nil }
        if let claimed = claim() { return claimed }
        return waitForTask(thread)
    }

    /// Claims the next task if there is one, and never waits; nil after `stop` too.
    package func tryNextTask() -> ClaimedSlot? {
        guard !hasStopped else { return nil }
        return claim()
    }

    /// Makes every present and future `nextTask` return nil; tasks already claimed may be completed.
    package func stop() {
        stopped.store(true, ordering: .sequentiallyConsistent)
        sennit_fence()
        idle.wakeAll()
    }

    private var hasStopped: Bool { stopped.load(ordering: .relaxed) }

    /// Whether a sleeper has a reason to get up.
    private var hasReasonToWake: Bool { hasStopped || (!requests.isEmpty && paused.load() == 0) }

    private func waitForTask(_ thread: Int) -> ClaimedSlot? {
        // Safety: `nextTask` has checked that the index is below `threadCount`, and the entry is this thread's alone.
        let spin = unsafe spins + thread
        var isSearcher = idle.becomeSearcher()
        while true {
            if isSearcher {
                var claimed: ClaimedSlot?
                let found = unsafe spin.pointee.spin {
                    guard hasReasonToWake else { return false }
                    claimed = claim()
                    return claimed != nil || hasStopped
                }
                if found { return leaveSearch(with: claimed) }
            } else {
                _ = unsafe spin.pointee.begin(at: sennit_monotonic_ns())
            }
            idle.beginSleep(asSearcher: isSearcher)
            if !(hasReasonToWake && idle.cancelSleep()) { idle.takePermit() }
            isSearcher = true
            unsafe spin.pointee.wake(at: sennit_monotonic_ns())
            if hasStopped { return leaveSearch(with: nil) }
            if let claimed = claim() { return leaveSearch(with: claimed) }
        }
    }

    /// Stops being a searcher; if there is work left that a sleeper could do, one is woken as the next.
    private func leaveSearch(with claimed: ClaimedSlot?) -> ClaimedSlot? {
        idle.stopSearching()
        if hasReasonToWake { idle.wakeOne() }
        return claimed
    }

    /// Claims the oldest queued task that was not revoked, or returns nil.
    private func claim() -> ClaimedSlot? {
        while paused.load() == 0, let index = requests.pop() {
            guard let slot = slots[index] else { continue }
            // Ours alone between taking the index and the exchange, unless the parent revokes.
            let now = now()
            slot.startedAt.store(now)
            guard slot.state.replace(SlotState.pending, by: SlotState.claimed) else {
                _ = slot.state.replace(SlotState.revoked, by: SlotState.released)
                continue
            }
            return ClaimedSlot(
                index: SlotIndex(index), taskID: slot.taskID.load(), attempt: slot.attempt.load(),
                typeIndex: slot.typeIndex.load(), flags: slot.flags.load(), deadline: slot.deadline.load(),
                startedAt: now, payload: slot.payload(arenaBytes: layout.requestArenaBytes))
        }
        return nil
    }
}
