import CSennit
import Synchronization

/// The worker's end of a channel, for all threads of the process.
///
/// Any thread may call anything, except that each thread index of `nextTask` belongs to one thread.
// Safety: `spins` holds `threadCount` entries from `init` to `deinit`, and whoever waits holds the channel. What lies
// in the region is used through the slots and rings, which check their own offsets.
// Sendable by hand: each thread touches its own entry of `spins`; the rest is immutable or atomic.
@safe
package final class WorkerChannel: @unchecked Sendable {
    package let layout: ChannelLayout
    package let region: SharedRegion
    package let threadCount: Int

    let requests: RequestRing
    let idle: IdleThreads
    let stopped = Atomic<Bool>(false)
    let spins: UnsafeMutablePointer<AdaptiveSpin>
    let slots: SlotTable
    let paused: SharedUInt32
    private let completions: CompletionRing
    private let types: TypeTableReader
    private let doorbell: DoorbellButton
    /// The simulation that the worker lives in; nil for a real one.
    package let host: (any SimulatedHost)?

    /// Attaches to a channel that a parent has laid out; throws when the header is not sound.
    ///
    /// `threadCount`: the thread indices that will call `nextTask`. `processorCount` 1 forbids spinning.
    package init(
        region: SharedRegion, doorbell: DoorbellButton, threadCount: Int, processorCount: Int,
        host: (any SimulatedHost)? = nil
    ) throws(ChannelError) {
        self.host = host
        let layout = try ChannelHeader.read(from: region)
        self.layout = layout
        self.region = region
        self.doorbell = doorbell
        self.threadCount = threadCount
        requests = RequestRing(region, layout)
        completions = CompletionRing(region, layout)
        idle = IdleThreads(region)
        slots = SlotTable(region, layout)
        paused = region.word32(at: ControlOffset.paused)
        types = TypeTableReader(region, layout)
        unsafe spins = .allocate(capacity: threadCount)
        unsafe spins.initialize(repeating: AdaptiveSpin(processorCount: processorCount), count: threadCount)
    }

    // AdaptiveSpin is trivial: freeing is enough.
    deinit { unsafe spins.deallocate() }

    /// The bytes the parent announced for type `index`, or nil when it announced none.
    ///
    /// Takes a lock; keep what you make of the bytes.
    package func typeReference(_ index: UInt32) -> [UInt8]? { types.bytes(of: index) }

    /// The inline bytes of a claimed task's request, in place; empty when its payload lies elsewhere.
    ///
    /// To be read before the task is completed: the result takes the same place.
    package func withInlineBytes<Result, Failure: Error>(
        of claimed: ClaimedSlot, _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard let slot = slots[claimed.index.rawValue], let payload = claimed.payload, payload.kind == .inline
        else { return try body(RawSpan()) }
        return try slot.withInlineBytes(payload.length, body)
    }

    /// Ends a task with a result of at most `ChannelLayout.inlineCapacity` bytes, and rings the doorbell.
    ///
    /// `status` is for the parent to interpret. False when the task is not this caller's to complete (any
    /// more): then nothing has happened.
    @discardableResult
    package func complete(_ claimed: ClaimedSlot, status: UInt32, inline: RawSpan) -> Bool {
        guard let slot = ownedSlot(claimed) else { return false }
        slot.storeInline(inline)
        return finish(claimed, slot, status)
    }

    /// Ends a task with a result that lies elsewhere; otherwise as the form with inline bytes.
    @discardableResult
    package func complete(_ claimed: ClaimedSlot, status: UInt32, payload: PayloadReference) -> Bool {
        guard let slot = ownedSlot(claimed) else { return false }
        slot.store(payload)
        return finish(claimed, slot, status)
    }

    /// The tasks that travel in a claimed slot, for the thread that has claimed it; nil if it is not that thread's.
    package func chunk(of claimed: ClaimedSlot) -> SlotChunk.Run? { ownedSlot(claimed)?.chunk.run }

    /// Starts the next task of a chunk; false when there is none left for the worker.
    package func startNext(of chunk: inout SlotChunk.Run) -> Bool {
        if let host, !host.isAlive { return false }
        return chunk.startNext()
    }

    /// Ends a chunk, whose results all stand in its slot.
    @discardableResult
    package func completeChunk(_ claimed: ClaimedSlot, status: UInt32) -> Bool {
        complete(claimed, status: status, payload: PayloadReference(kind: .inline, identifier: 0, length: 0))
    }

    /// Reports a running task's progress: the latest report wins, and none is sure to arrive.
    ///
    /// Costs a few dozen nanoseconds while the parent has not seen the report before. Ignored when the task
    /// is not running (any more). `message` is cut to `ChannelLayout.messageCapacity` bytes.
    package func publishProgress(_ claimed: ClaimedSlot, completed: Int64, total: Int64, message: String) {
        guard let slot = ownedSlot(claimed) else { return }
        let notice = ProgressNotice(
            slot: claimed.index, taskID: claimed.taskID, attempt: claimed.attempt, completed: completed, total: total,
            message: message)
        guard slot.progress.write(notice), slot.progress.queued.exchange(1) == 0 else { return }
        completions.push(CompletionRing.Entry(kind: .progress, index: claimed.index.rawValue))
        announce()
    }

    /// Whether a thread has claimed the task and not yet completed it.
    ///
    /// Looks at every slot, so it is for rare questions.
    package func isClaimed(_ taskID: UInt64) -> Bool {
        (0..<slots.count).contains { index in
            guard let slot = slots[index], slot.state.loadAcquire() == SlotState.claimed else { return false }
            return slot.taskID.load() == taskID
        }
    }

    private func finish(_ claimed: ClaimedSlot, _ slot: Slot, _ status: UInt32) -> Bool {
        slot.status.store(status)
        slot.finishedAt.store(now())
        guard slot.state.replace(SlotState.claimed, by: SlotState.completed) else { return false }
        completions.push(CompletionRing.Entry(kind: .completed, index: claimed.index.rawValue))
        announce()
        return true
    }

    /// Tells the parent that the completion ring has news.
    private func announce() {
        guard let host else { return doorbell.ring() }
        host.published()
    }

    /// Monotonic nanoseconds.
    package func now() -> UInt64 { host?.now() ?? sennit_monotonic_ns() }

    /// The slot, if it is still claimed for this very task.
    private func ownedSlot(_ claimed: ClaimedSlot) -> Slot? {
        if let host, !host.isAlive { return nil }
        guard let slot = slots[claimed.index.rawValue], slot.state.loadAcquire() == SlotState.claimed,
            slot.taskID.load() == claimed.taskID, slot.attempt.load() == claimed.attempt
        else { return nil }
        return slot
    }
}
