internal import Synchronization

// Safety: the channel has checked that a result's place lies within the arena; a segment's capacity is checked here.
// Both stay mapped while the held payload's owner, the link or the segment, is alive.
/// One entry of a worker's completion ring, copied out before the pool's lock is taken.
struct ReceivedCompletion {
    let taskID: TaskID
    let startedAt: Nanoseconds
    let runTime: Nanoseconds
    let outcome: TaskOutcome
    /// What the slot held of a chunk.
    let chunk: ChunkResults?
    let slot: SlotIndex
    /// The slot's memory is still being read by the outcome, which gives it back itself.
    let isHeld: Bool
}

extension PoolCore {
    /// Drains one worker's completions; for whoever watches the doorbell.
    ///
    /// - Returns: How many there were.
    package func drainEverything(_ link: WorkerLink) -> Int {
        var total = 0
        while true {
            let count = drain(link, limit: Self.drainBatch)
            total += count
            if count < Self.drainBatch { return total }
        }
    }

    /// How many completions are dealt with under one hold of the lock.
    private static var drainBatch: Int { 16 }

    private func drain(_ link: WorkerLink, limit: Int) -> Int {
        var received: [ReceivedCompletion] = []
        // The watcher's own memory, used again and again.
        swap(&received, &link.received)
        defer {
            received.removeAll(keepingCapacity: true)
            swap(&received, &link.received)
        }
        var notices: [ProgressNotice] = []
        let count = link.channel.drainCompletions(
            limit: limit,
            completed: { completion in received.append(receive(completion, link)) },
            progress: { notice in notices.append(copy notice) })
        guard count > 0 else { return 0 }
        // A task's last report came before its end, and is heard before it.
        for notice in notices { deliver(notice) }
        deliver(received, from: link)
        measureLoad()
        // It writes nonsense into its tables: nothing it says from here on can be trusted.
        if link.channel.damageCount > 0 { link.control.kill() }
        return count
    }

    private func deliver(_ received: [ReceivedCompletion], from link: WorkerLink) {
        guard !received.isEmpty else { return }
        withEngine { state, effects in
            let now = driver.now()
            for completion in received {
                accept(completion, from: link, &state, &effects, now: now)
                step(&state, &effects)
            }
            gatheringTime.store(state.engine.gatheringTime, ordering: .relaxed)
        }
    }

    func accept(
        _ completion: ReceivedCompletion, from link: WorkerLink, _ state: inout State, _ effects: inout PoolEffects,
        now: Nanoseconds
    ) {
        link.freeBlock(completion.slot)
        if !completion.isHeld { link.channel.release(completion.slot) }
        guard let task = state.task(completion.taskID), task.slot == completion.slot else { return }
        task.slot = nil
        task.runTime = completion.runTime
        if let chunk = task.chunk {
            accept(completion, task, chunk, &state, &effects)
        } else {
            task.received = completion.outcome
        }
        if metrics != nil { task.times.ran(from: completion.startedAt, for: completion.runTime) }
        state.engine.taskCompleted(completion.taskID, ranFor: completion.runTime, now: now)
    }

    func receive(_ completion: borrowing Completion, _ link: WorkerLink) -> ReceivedCompletion {
        var (payload, isHeld) = read(completion, link)
        if completion.status & CompletionStatus.namesSegments != 0 {
            do {
                payload = .success(try keepNamed(in: try payload.get(), completion, link))
            } catch {
                payload = .failure(error)
            }
        }
        let runTime = completion.finishedAt > completion.startedAt ? completion.finishedAt - completion.startedAt : 0
        let flags = CompletionStatus.namesSegments | CompletionStatus.chunk
        let outcome = CompletionStatus.outcome(completion.status & ~flags, payload)
        var chunk: ChunkResults?
        if completion.status & CompletionStatus.chunk != 0 {
            chunk = link.channel.chunkResults(
                completion.slot, started: link.channel.startedTasks(ofChunk: completion.slot),
                last: completion.payload?.kind == .inline ? nil : outcome)
        }
        return ReceivedCompletion(
            taskID: TaskID(rawValue: completion.taskID), startedAt: completion.startedAt, runTime: runTime,
            outcome: outcome, chunk: chunk, slot: completion.slot, isHeld: isHeld)
    }

    /// Takes hold of the shared memory that a result names, before its slot or its task's arguments go.
    private func keepNamed(
        in bytes: PayloadBytes, _ completion: borrowing Completion, _ link: WorkerLink
    ) throws -> PayloadBytes {
        guard let names = unsafe bytes.withBytes({ unsafe SegmentNames.read(from: $0) }) else {
            throw PoolError(.decodingFailed, "The worker's result does not name the shared memory that it needs.")
        }
        let segments = try names.map { name in
            guard let segment = link.control.segment(name) else { throw Self.noSegment }
            return segment
        }
        let kind = completion.payload?.kind
        let mayBeKept =
            link.control.sharesSegments || names.contains { $0.origin != SegmentRegistry.process.origin }
        guard kind == .inline || kind == .arena, mayBeKept else { return .naming(segments, bytes) }
        // What the worker has made is held here now, and need not be held there. Nor may its arena be read any more.
        let copy = kind == .arena ? unsafe bytes.withBytes { unsafe PayloadBytes(copying: $0) } : bytes
        link.control.resultWasRead(completion.slot, task: TaskID(rawValue: completion.taskID))
        return .naming(segments, copy)
    }

    private static var noSegment: PoolError {
        PoolError(
            .systemCallFailed,
            "The result came in shared memory that this process could not take over. It may have "
                + "\(SystemLimit.openFiles) open files: raise the limit (ulimit -n), or see what uses its memory."
        )
    }

    /// The bytes of a result: small ones copied out of the slot, others held where they are, while not too many are.
    private func read(_ completion: borrowing Completion, _ link: WorkerLink) -> (Result<PayloadBytes, any Error>, Bool)
    {
        guard let payload = completion.payload else {
            return (
                .failure(PoolError(.decodingFailed, "The worker left a result that lies outside its memory.")), false
            )
        }
        switch payload.kind {
        case .inline:
            let bytes = link.channel.withInlineBytes(of: copy completion) { span in
                unsafe span.withUnsafeBytes { unsafe PayloadBytes(copying: $0) }
            }
            return (.success(bytes), false)
        case .arena:
            let start =
                unsafe link.channel.region.base + link.channel.layout.responseArenaOffset
                + Int(payload.identifier)
            let memory = unsafe UnsafeRawBufferPointer(start: start, count: payload.length)
            guard link.mayHoldResult() else { return (.success(unsafe PayloadBytes(copying: memory)), false) }
            let slot = completion.slot
            let held = unsafe HeldPayload(memory, owner: link) {
                link.channel.release(slot)
                link.letGoOfResult()
            }
            return (.success(.held(held)), true)
        case .segment:
            let (slot, id) = (completion.slot, TaskID(rawValue: completion.taskID))
            guard let segment = link.control.segment(SegmentID(rawValue: payload.identifier)),
                payload.length <= segment.capacity
            else { return (.failure(Self.noSegment), false) }
            let memory = unsafe UnsafeRawBufferPointer(start: segment.baseAddress, count: payload.length)
            guard link.mayHoldResult() else {
                let copy = unsafe PayloadBytes(copying: memory)
                link.control.resultWasRead(slot, task: id)
                return (.success(copy), false)
            }
            let held = unsafe HeldPayload(memory, owner: segment) {
                // In this order: once the slot is free, the worker may meet it again.
                link.control.resultWasRead(slot, task: id)
                link.channel.release(slot)
                link.letGoOfResult()
            }
            return (.success(.held(held)), true)
        case .stream:
            guard let bytes = link.control.takeStream(payload.identifier), bytes.count == payload.length else {
                return (.failure(PoolError(.decodingFailed, "The worker's result never arrived on its socket.")), false)
            }
            return (.success(.bytes(bytes)), false)
        }
    }

    private func deliver(_ notice: ProgressNotice) {
        let id = TaskID(rawValue: notice.taskID)
        let progress = TaskProgress(
            completed: notice.completed, total: notice.total >= 0 ? notice.total : nil, message: notice.message)
        let task = state.withLock { state in
            let task = state.task(id)
            if task != nil, observers.watchTasks { observers.announce(.taskProgressed(id, progress)) }
            return task
        }
        guard let task else { return }
        task.noteProgress(progress)
        if observers.watchTasks { observers.deliver() }
    }
}

/// What a worker says of a task's end, in the status word of its slot.
package enum CompletionStatus {
    package static let output: UInt32 = 0
    package static let thrown: UInt32 = 1
    /// The payload is a code byte and a message: the pool's own error, made in the worker.
    package static let refused: UInt32 = 2
    /// The task threw `CancellationError`; there is no payload.
    package static let cancelled: UInt32 = 3
    /// Added to a status: the result names shared memory; see `SegmentNames`.
    package static let namesSegments: UInt32 = 1 << 8
    /// Added to a status: the slot holds a chunk's results.
    ///
    /// If the payload is not inline, the last one lies there.
    package static let chunk: UInt32 = 1 << 9

    static func outcome(_ status: UInt32, _ payload: Result<PayloadBytes, any Error>) -> TaskOutcome {
        switch payload {
        case .failure(let error):
            return .failure(error)
        case .success(let bytes):
            switch status {
            case output: return .output(bytes)
            case thrown: return .thrown(bytes)
            case refused: return .failure(WorkerRefusal.decode(bytes))
            case cancelled: return .failure(CancellationError())
            default: return .failure(PoolError(.decodingFailed, "The worker sent an unknown status (\(status))."))
            }
        }
    }
}
