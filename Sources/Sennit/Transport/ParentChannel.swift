import Synchronization

/// The parent's end of the channel to one worker.
///
/// Three parties use it, each one thread at a time, in parallel to each other: the poster (`post`,
/// `revoke`, `announce`, `setPaused`; under the pool's lock), the watcher (`drainCompletions`; see
/// `Doorbell`), and after the worker's death whoever inspects. `needsWake`, `wake`, `startedAt`,
/// `hasNews`, `withInlineBytes` and `release` may be called by any thread.
///
/// Nothing a worker writes can make these functions trap, read outside the region, or run for ever:
/// indices, lengths and offsets are checked, and identities come from the parent's own record.
// @unchecked Sendable: `posted` and `revoked` belong to the poster, by contract; the rest is atomic.
package final class ParentChannel: @unchecked Sendable {
    package let layout: ChannelLayout
    package let region: SharedRegion

    let slots: SlotTable
    let ledger: SlotLedger
    let free: FreeSlots
    let requests: RequestRing
    let completions: CompletionRing
    let idle: IdleThreads
    /// Entries of the completion ring consumed so far.
    let consumed = Atomic<UInt64>(0)
    let damage = Atomic<Int>(0)
    private let paused: SharedUInt32
    private let types: TypeTableWriter

    /// Entries pushed to the request ring so far.
    private var posted: UInt64 = 0
    /// Revoked slots whose index may still be in the request ring.
    private var revoked: [UInt32] = []

    /// Lays a channel out in a fresh, zero-filled `region`; throws when it does not fit or is in use.
    package init(layout: ChannelLayout, region: SharedRegion) throws(ChannelError) {
        try ChannelHeader.write(layout, to: region)
        self.layout = layout
        self.region = region
        slots = SlotTable(region, layout)
        ledger = SlotLedger(slotCount: layout.slotCount)
        free = FreeSlots(ledger: ledger, slotCount: layout.slotCount)
        requests = RequestRing(region, layout)
        completions = CompletionRing(region, layout)
        idle = IdleThreads(region)
        paused = region.word32(at: ControlOffset.paused)
        types = TypeTableWriter(region, layout)
    }

    // MARK: Posting

    /// Queues a task whose payload, at most `ChannelLayout.inlineCapacity` bytes, travels in the slot.
    ///
    /// Nil when no slot is free. `deadline` is CLOCK_MONOTONIC nanoseconds, 0 for none; the worker may
    /// show it to the task, the transport does nothing with it. Follow with `needsWake` and `wake`.
    package func post(
        taskID: UInt64, attempt: UInt32, typeIndex: UInt32, flags: UInt32, deadline: UInt64, inline: RawSpan
    ) -> SlotIndex? {
        guard let index = takeSlot(), let slot = slots[index] else { return nil }
        slot.storeInline(inline)
        queue(index, slot, taskID, attempt, typeIndex, flags, deadline)
        return SlotIndex(index)
    }

    /// Queues a task whose payload lies elsewhere; otherwise as the form with inline bytes.
    package func post(
        taskID: UInt64, attempt: UInt32, typeIndex: UInt32, flags: UInt32, deadline: UInt64,
        payload: PayloadReference
    ) -> SlotIndex? {
        guard let index = takeSlot(), let slot = slots[index] else { return nil }
        slot.store(payload)
        queue(index, slot, taskID, attempt, typeIndex, flags, deadline)
        return SlotIndex(index)
    }

    /// Queues the tasks of a chunk, whose arguments must fit; otherwise as the form with inline bytes.
    ///
    /// `number` is the first one's in the chunk that it was submitted with.
    package func post(
        taskID: UInt64, attempt: UInt32, typeIndex: UInt32, flags: UInt32, chunk arguments: ArraySlice<PayloadBytes>,
        first number: Int
    ) -> SlotIndex? {
        guard let index = takeSlot(), let slot = slots[index] else { return nil }
        slot.chunk.store(arguments, first: number)
        slot.store(PayloadReference(kind: .inline, identifier: 0, length: 0))
        queue(index, slot, taskID, attempt, typeIndex, flags | SlotFlags.isChunk, 0)
        return SlotIndex(index)
    }

    private func queue(
        _ index: UInt32, _ slot: Slot, _ taskID: UInt64, _ attempt: UInt32, _ typeIndex: UInt32, _ flags: UInt32,
        _ deadline: UInt64
    ) {
        slot.taskID.store(taskID)
        slot.attempt.store(attempt)
        slot.typeIndex.store(typeIndex)
        slot.flags.store(flags)
        slot.deadline.store(deadline)
        if let record = ledger[index] {
            record.taskID.store(taskID)
            record.attempt.store(attempt)
            record.holding.storeRelease(SlotLedger.Holding.posted)
        }
        slot.state.storeRelease(SlotState.pending)
        requests.push(index, at: posted)
        posted &+= 1
    }

    private func takeSlot() -> UInt32? {
        if let index = free.take() { return index }
        reclaimRevoked()
        return free.take()
    }

    /// Whether the tasks posted so far might be overlooked: some worker thread sleeps, none searches.
    package func needsWake() -> Bool { idle.needsWake() }

    /// Wakes one sleeping worker thread unless another searches already.
    ///
    /// One system call at most; call it outside of the pool's lock.
    package func wake() { idle.wakeOne() }

    /// While set, worker threads claim nothing; a claim under way when it is set still goes through.
    ///
    /// After clearing it, follow with `needsWake` and `wake`.
    package func setPaused(_ isPaused: Bool) { paused.storeRelease(isPaused ? 1 : 0) }

    /// Publishes the bytes of type `index` to the worker, once; false when the type table is full.
    ///
    /// Tasks posted afterwards may carry `index`.
    package func announce(index: UInt32, bytes: RawSpan) -> Bool { types.append(index: index, bytes: bytes) }

    // MARK: Taking back

    /// Takes a posted task back; true when no thread had claimed it, and none ever will.
    ///
    /// The slot finds its own way to be reused. False as well for a slot that holds no posted task.
    package func revoke(_ index: SlotIndex) -> Bool {
        guard let record = ledger[index.rawValue], let slot = slots[index.rawValue],
            record.holding.load() == SlotLedger.Holding.posted,
            slot.state.replace(SlotState.pending, by: SlotState.revoked)
        else { return false }
        // Fails only if the worker announced a result for a task it never claimed: the result stands.
        guard record.holding.replace(SlotLedger.Holding.posted, by: SlotLedger.Holding.revoked) else { return false }
        revoked.append(index.rawValue)
        return true
    }

    /// Takes back the tasks of a chunk that have not been started, if its first one has.
    ///
    /// - Returns: How many have been started; nil when there is nothing to take back.
    package func closeChunk(_ index: SlotIndex) -> Int? {
        guard let record = ledger[index.rawValue], let slot = slots[index.rawValue],
            record.holding.load() == SlotLedger.Holding.posted, slot.state.loadAcquire() == SlotState.claimed
        else { return nil }
        return slot.chunk.close()
    }

    /// How many tasks of a chunk the worker has started.
    package func startedTasks(ofChunk index: SlotIndex) -> Int { slots[index.rawValue]?.chunk.extent.started ?? 0 }

    /// The results of a chunk's first tasks, as far as they make sense.
    package func results(ofChunk index: SlotIndex, count: Int) -> [SlotChunk.Result] {
        slots[index.rawValue]?.chunk.results(count) ?? []
    }

    /// Frees revoked slots whose index has left the request ring; drops those at the ring's head itself.
    private func reclaimRevoked() {
        guard !revoked.isEmpty else { return }
        for _ in 0..<revoked.count {
            var dropped: Slot?
            let found = requests.popFirst { index in
                guard ledger[index]?.holding.load() == SlotLedger.Holding.revoked, let slot = slots[index],
                    slot.state.load() == SlotState.revoked
                else { return false }
                dropped = slot
                return true
            }
            guard found, let dropped else { break }
            _ = dropped.state.replace(SlotState.revoked, by: SlotState.released)
        }
        revoked.removeAll { index in
            guard slots[index]?.state.loadAcquire() == SlotState.released, let record = ledger[index] else {
                return false
            }
            record.holding.store(SlotLedger.Holding.free)
            free.giveBack(index)
            return true
        }
    }

    // MARK: Looking

    /// When a thread claimed the task in this slot, or nil while none has (or it has finished).
    package func startedAt(_ index: SlotIndex) -> UInt64? {
        guard let slot = slots[index.rawValue], slot.state.loadAcquire() == SlotState.claimed else { return nil }
        return slot.startedAt.load()
    }

    /// How often the worker wrote something into the tables that makes no sense.
    ///
    /// Not zero: end it.
    package var damageCount: Int { damage.load(ordering: .relaxed) }
}
