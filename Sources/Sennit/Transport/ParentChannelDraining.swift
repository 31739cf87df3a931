import Synchronization

extension ParentChannel {
    /// Whether `drainCompletions` would find anything.
    ///
    /// Any thread.
    package var hasNews: Bool { completions.entry(at: consumed.load(ordering: .relaxed)) != nil }

    /// Hands out at most `limit` finished tasks and progress notices, in order; returns how many entries
    /// it went through, so that less than `limit` means that there are no more for now.
    ///
    /// A finished task's slot is the caller's until `release`; its inline bytes may be read till then.
    /// One thread at a time: the watcher.
    @discardableResult
    package func drainCompletions(
        limit: Int = .max, completed: (borrowing Completion) -> Void, progress: (borrowing ProgressNotice) -> Void
    ) -> Int {
        var count = 0
        var position = consumed.load(ordering: .relaxed)
        while count < limit, let entry = completions.entry(at: position) {
            position &+= 1
            count += 1
            consumed.store(position, ordering: .relaxed)
            guard let slot = slots[entry.index], let record = ledger[entry.index] else {
                damage.add(1, ordering: .relaxed)
                continue
            }
            switch entry.kind {
            case .completed:
                if slot.state.loadAcquire() == SlotState.completed, let found = hold(entry.index, slot, record) {
                    completed(found)
                } else {
                    damage.add(1, ordering: .relaxed)
                }
            case .progress:
                if let notice = takeNotice(entry.index, slot, record) { progress(notice) }
            }
        }
        return count
    }

    /// Takes a completed slot over; nil unless it is one that was posted and not yet taken over.
    private func hold(_ index: UInt32, _ slot: Slot, _ record: SlotLedger.Entry) -> Completion? {
        guard record.holding.replace(SlotLedger.Holding.posted, by: SlotLedger.Holding.held) else { return nil }
        return Completion(
            slot: SlotIndex(index), taskID: record.taskID.load(), attempt: record.attempt.load(),
            status: slot.status.load(), startedAt: slot.startedAt.load(), finishedAt: slot.finishedAt.load(),
            payload: slot.payload(arenaBytes: layout.responseArenaBytes))
    }

    private func takeNotice(_ index: UInt32, _ slot: Slot, _ record: SlotLedger.Entry) -> ProgressNotice? {
        // Cleared before reading: a writer that comes later queues another notice.
        _ = slot.progress.queued.exchange(0)
        guard record.holding.loadAcquire() == SlotLedger.Holding.posted,
            let notice = slot.progress.read(slot: SlotIndex(index)), notice.taskID == record.taskID.load(),
            notice.attempt == record.attempt.load()
        else { return nil }
        return notice
    }

    /// The inline bytes of a finished task, in place; empty when its payload lies elsewhere.
    ///
    /// The worker can still change them if it misbehaves: check as you read, do not read twice.
    package func withInlineBytes<Result, Failure: Error>(
        of completion: Completion, _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard let slot = slots[completion.slot.rawValue], let payload = completion.payload, payload.kind == .inline
        else { return try body(RawSpan()) }
        return try slot.withInlineBytes(payload.length, body)
    }

    /// Gives a finished task's slot back for reuse.
    ///
    /// Any thread; a second call does nothing.
    package func release(_ index: SlotIndex) {
        guard let record = ledger[index.rawValue],
            record.holding.replace(SlotLedger.Holding.held, by: SlotLedger.Holding.free)
        else { return }
        free.giveBack(index.rawValue)
    }

    /// Tells what became of every task still posted, after the worker's last thread is gone.
    ///
    /// Drain first; what is left are tasks that did not finish, and results whose entry in the completion
    /// ring was lost with the thread that was writing it. Afterwards the channel is of no use except to
    /// read and release the results it gave out. Each task is told once.
    package func inspectAfterDeath(
        _ body: (_ slot: SlotIndex, _ taskID: UInt64, _ attempt: UInt32, _ fate: FateAfterDeath) -> Void
    ) {
        for index in 0..<slots.count {
            guard let slot = slots[index], let record = ledger[index],
                record.holding.loadAcquire() == SlotLedger.Holding.posted
            else { continue }
            let (taskID, attempt) = (record.taskID.load(), record.attempt.load())
            let state = slot.state.loadAcquire()
            if state == SlotState.completed, let completion = hold(index, slot, record) {
                body(SlotIndex(index), taskID, attempt, .completed(completion))
                continue
            }
            record.holding.store(SlotLedger.Holding.free)
            let fate: FateAfterDeath =
                switch state {
                case SlotState.pending: .neverStarted
                case SlotState.claimed: .running(startedAt: slot.startedAt.load())
                default: .running(startedAt: 0)
                }
            body(SlotIndex(index), taskID, attempt, fate)
        }
    }
}
