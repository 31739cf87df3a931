internal import Synchronization

// Safety: arena blocks come from the allocator over exactly the arena's memory, which the channel's region keeps
// mapped; payload bytes are used only within the call that lends them.
/// One live worker as the parent sees it: its slot table, its control channel, and what is in flight.
///
/// The pool's lock guards everything but the channel's draining side, which belongs to whoever watches the doorbell.
package final class WorkerLink: @unchecked Sendable {
    package let worker: WorkerID
    package let channel: ParentChannel
    package let control: any WorkerControl

    /// Results that are read where they lie, and so keep their slots for as long as somebody keeps the outcome.
    private let heldResults = Atomic<Int>(0)

    /// Memory for what the watcher takes out of the completion ring; only the watcher touches it.
    var received: [ReceivedCompletion] = []

    // Guarded by the pool's lock.
    var isReady = false
    private var announced: Set<UInt32> = []
    private var placements: [SlotIndex: PayloadPlacement] = [:]
    private let payloads: PayloadWriter

    package init(
        worker: WorkerID, channel: ParentChannel, control: any WorkerControl, policy: PayloadPolicy
    ) {
        self.worker = worker
        self.channel = channel
        self.control = control
        let arena = unsafe UnsafeMutableRawBufferPointer(
            start: channel.region.base + channel.layout.requestArenaOffset, count: channel.layout.requestArenaBytes)
        // Arguments that need a segment of their own have been put into one by the caller already.
        payloads = unsafe PayloadWriter(policy: policy, arena: ArenaRegion(over: arena), registry: nil)
    }

    /// Puts a task into the slot table.
    ///
    /// Memory operations only, but for a segment's first journey to this worker. `now` matters only to a task with a
    /// timeout: the worker shows the task a deadline that counts from here.
    package func post(_ task: PendingTask, attempt: Int, now: Nanoseconds) throws {
        var deadline = task.specification.deadline
        if task.specification.timeout != 0 {
            let limit = now &+ task.specification.timeout
            deadline = deadline == 0 ? limit : min(deadline, limit)
        }
        let type = task.type
        if !announced.contains(type.index) {
            guard unsafe type.reference.withUnsafeBytes({ unsafe channel.announce(index: type.index, bytes: $0.bytes) })
            else {
                throw PoolError(.unknownTaskType, "The type table of the worker is full; \(type.name) has no room.")
            }
            announced.insert(type.index)
        }
        guard let arguments = task.arguments else {
            throw PoolError(.encodingFailed, "The arguments of \(type.name) are gone.")
        }
        for segment in arguments.attachments { try control.introduce(segment, for: .buffer) }
        let slot: SlotIndex?
        if let chunk = task.chunk {
            chunk.firstPosted = chunk.range.lowerBound
            slot = channel.post(
                taskID: task.id.rawValue, attempt: UInt32(attempt), typeIndex: type.index, flags: task.slotFlags,
                chunk: chunk.arguments[chunk.range], first: chunk.range.lowerBound)
        } else if let segment = arguments.segment {
            try control.introduce(segment, for: .bytes)
            let reference = PayloadReference(kind: .segment, identifier: segment.id.rawValue, length: arguments.count)
            slot = channel.post(task, attempt: attempt, deadline: deadline, payload: reference)
        } else {
            slot = try post(task, arguments.bytes, attempt: attempt, deadline: deadline)
        }
        guard let slot else { throw PoolError(.systemCallFailed, "The slot table of worker \(worker) is full.") }
        task.slot = slot
        task.worker = worker
    }

    private func post(
        _ task: PendingTask, _ bytes: PayloadBytes, attempt: Int, deadline: Nanoseconds
    ) throws -> SlotIndex? {
        if bytes.count <= ChannelLayout.inlineCapacity {
            return unsafe bytes.withBytes { bytes in
                unsafe channel.post(
                    taskID: task.id.rawValue, attempt: UInt32(attempt), typeIndex: task.type.index,
                    flags: task.slotFlags,
                    deadline: deadline, inline: bytes.bytes)
            }
        }
        let placement = try unsafe payloads.place(bytes.count) { target in
            unsafe bytes.withBytes { source in unsafe target.copyMemory(from: source) }
        }.placement
        let reference: PayloadReference
        switch placement {
        case .arena(let block):
            reference = PayloadReference(kind: .arena, identifier: UInt64(block.offset), length: bytes.count)
        case .stream(let id, let length):
            reference = PayloadReference(kind: .stream, identifier: id, length: length)
            control.stream(bytes, id: id)
        case .inline, .segment:
            throw PoolError(.encodingFailed, "Arguments of \(bytes.count) bytes found no place.")
        }
        let slot = channel.post(task, attempt: attempt, deadline: deadline, payload: reference)
        if let slot { placements[slot] = placement } else { payloads.release(placement) }
        return slot
    }

    /// Takes the task back if no thread has claimed it.
    package func revoke(_ task: PendingTask) -> Bool {
        guard let slot = task.slot, channel.revoke(slot) else { return false }
        if case .stream(let id, _) = placements[slot] { control.withdrawStream(id) }
        freeBlock(slot)
        task.slot = nil
        task.worker = nil
        return true
    }

    /// Whether one more result may stay where it lies, to be given back by `letGoOfResult`.
    ///
    /// Past a quarter of the slots the answer is no: handles may be kept for ever, and tasks need slots.
    func mayHoldResult() -> Bool {
        let held = heldResults.add(1, ordering: .relaxed).newValue
        guard held > max(1, channel.layout.slotCount / 4) else { return true }
        letGoOfResult()
        return false
    }

    func letGoOfResult() { heldResults.subtract(1, ordering: .relaxed) }

    /// Lets go of what the task's arguments occupied.
    package func freeBlock(_ slot: SlotIndex) {
        guard !placements.isEmpty, let placement = placements.removeValue(forKey: slot) else { return }
        payloads.release(placement)
    }
}

extension ParentChannel {
    fileprivate func post(
        _ task: PendingTask, attempt: Int, deadline: Nanoseconds, payload: PayloadReference
    ) -> SlotIndex? {
        post(
            taskID: task.id.rawValue, attempt: UInt32(attempt), typeIndex: task.type.index, flags: task.slotFlags,
            deadline: deadline, payload: payload)
    }
}

extension PendingTask {
    fileprivate var slotFlags: UInt32 {
        (specification.isIdempotent ? SlotFlags.keepsArguments : 0) | (arguments?.flags ?? 0)
    }
}
