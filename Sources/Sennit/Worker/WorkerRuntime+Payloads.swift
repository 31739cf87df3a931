internal import Synchronization

// Safety: the channel has checked that a request's place lies within the arena, and a segment's capacity is checked
// here; both stay mapped while the task runs. Results are copied to places that are at least as long.
extension WorkerRuntime {
    // MARK: Arguments

    /// The task itself and its metadata, decoded from wherever its arguments lie.
    func arguments<Work: PoolTask>(
        of claimed: ClaimedSlot, as type: Work.Type, on thread: WorkerThread, metadata: inout [String: String]
    ) throws -> Work {
        let flags = claimed.flags
        thread.letGo()
        if let chunk = thread.chunk {
            return try unsafe chunk.withArguments { try unsafe decode(type, flags, $0, thread, &metadata) }
        }
        guard let payload = claimed.payload else {
            throw PoolError(.decodingFailed, "The arguments lie outside the shared memory.")
        }
        switch payload.kind {
        case .inline:
            return try channel.withInlineBytes(of: claimed) { span in
                try unsafe span.withUnsafeBytes { try unsafe decode(type, flags, $0, thread, &metadata) }
            }
        case .arena:
            let start = unsafe channel.region.base + channel.layout.requestArenaOffset + Int(payload.identifier)
            let memory = unsafe UnsafeRawBufferPointer(start: start, count: payload.length)
            return try unsafe decode(type, flags, memory, thread, &metadata)
        case .segment:
            let segment = try surroundings.segment(SegmentID(rawValue: payload.identifier))
            guard payload.length <= segment.capacity else {
                throw PoolError(.decodingFailed, "The arguments are longer than the segment they lie in.")
            }
            // The result may go the same way back.
            thread.request = segment
            let memory = unsafe UnsafeRawBufferPointer(start: segment.baseAddress, count: payload.length)
            return try unsafe decode(type, flags, memory, thread, &metadata)
        case .stream:
            let bytes = try surroundings.takeStream(payload.identifier)
            return try unsafe bytes.withUnsafeBytes { try unsafe decode(type, flags, $0, thread, &metadata) }
        }
    }

    /// The thread's lookup of shared buffers, made with its first task.
    private func lookup(on thread: WorkerThread) -> RequestSegments {
        if let lookup = thread.lookup { return lookup }
        let lookup = RequestSegments { [surroundings] in try surroundings.segment($0) }
        thread.lookup = lookup
        return lookup
    }

    private func decode<Work: Decodable>(
        _ type: Work.Type, _ flags: UInt32, _ bytes: UnsafeRawBufferPointer, _ thread: WorkerThread,
        _ metadata: inout [String: String]
    ) throws -> Work {
        var reader = unsafe ByteReader(bytes)
        if flags & SlotFlags.hasMetadata != 0 {
            metadata = try WireCoder.decode([String: String].self, from: &reader)
        }
        return try WireCoder.decode(
            type, from: &reader, attachments: lookup(on: thread), using: &thread.decoding)
    }

    // MARK: Results

    func reply<Output: Encodable>(_ output: Output, to claimed: ClaimedSlot, on thread: WorkerThread) {
        ProcessCopy.endUnlessOriginal(original)
        prepareWriter(claimed, thread)
        defer { thread.letGo() }
        do {
            try encode(output, on: thread)
            let segments = thread.attachments.segments
            guard !segments.isEmpty else { return try send(CompletionStatus.output, claimed, thread) }
            thread.attachments = AttachedSegments()
            // The parent holds what the arguments named until it has this result. The rest is held here.
            for segment in segments where thread.lookup?.found.contains(segment.id) != true {
                try surroundings.introduce(segment, for: .buffer)
                keep(for: claimed) { $0.segments.append(segment) }
            }
            SegmentNames.append(segments, to: &thread.writer)
            try send(CompletionStatus.output | CompletionStatus.namesSegments, claimed, thread)
        } catch {
            let tooLarge = (error as? WireError)?.code == .tooLarge
            let text =
                tooLarge
                ? "The result is larger than maximumPayloadBytes (\(settings.policy.maximumPayloadBytes) bytes)."
                : "The result (\(Output.self)) could not be encoded: \(error)"
            refuse(claimed, PoolError(tooLarge ? .payloadTooLarge : .encodingFailed, text), on: thread)
        }
    }

    private func encode<Output: Encodable>(_ output: Output, on thread: WorkerThread) throws {
        // A task that failed to encode may have left some.
        if !thread.attachments.segments.isEmpty { thread.attachments = AttachedSegments() }
        try WireCoder.encode(
            output, into: &thread.writer, attachments: thread.attachments,
            sizeLimit: settings.policy.maximumPayloadBytes, using: &thread.encoding)
    }

    func reply(error: any Error, to claimed: ClaimedSlot, on thread: WorkerThread) {
        ProcessCopy.endUnlessOriginal(original)
        prepareWriter(claimed, thread)
        defer { thread.letGo() }
        do {
            if error is CancellationError { return try send(CompletionStatus.cancelled, claimed, thread) }
            ErrorEnvelope.encode(error: error, throwSite: ThrowSite.takeFrames(), into: &thread.writer)
            try send(CompletionStatus.thrown, claimed, thread)
        } catch {
            refuse(claimed, PoolError(.encodingFailed, "The task's error could not be sent: \(error)"), on: thread)
        }
    }

    /// Ends a task with an error of the pool's own.
    func refuse(_ claimed: ClaimedSlot, _ error: PoolError, on thread: WorkerThread) {
        ProcessCopy.endUnlessOriginal(original)
        defer { thread.letGo() }
        thread.writer.reset()
        WorkerRefusal.encode(error, into: &thread.writer)
        if thread.chunk != nil {
            if finishTask(ofChunk: claimed, CompletionStatus.refused, thread) { return }
            // The sentence has no place: the code alone always has one.
            if (try? endChunk(claimed, CompletionStatus.refused, thread)) != nil { return }
            thread.writer.reset()
            _ = finishTask(ofChunk: claimed, CompletionStatus.refused, thread)
            return
        }
        unsafe thread.writer.withUnsafeBytes { bytes in
            _ = unsafe channel.complete(claimed, status: CompletionStatus.refused, inline: bytes.bytes)
        }
    }

    /// Readies the thread's writer, which writes a long result straight into its segment: that of the request, unless
    /// the request is kept for another try.
    private func prepareWriter(_ claimed: ClaimedSlot, _ thread: WorkerThread) {
        thread.writer.reset(keepingUpTo: settings.policy.arenaBytes)
        if let request = thread.request {
            if claimed.flags & SlotFlags.keepsArguments != 0 {
                thread.request = nil
            } else {
                thread.spill?.prefer(request)
            }
        }
    }

    /// Puts the written bytes where they fit best and completes the slot.
    private func send(_ status: UInt32, _ claimed: ClaimedSlot, _ thread: WorkerThread) throws {
        if thread.chunk != nil {
            if !finishTask(ofChunk: claimed, status, thread) { try endChunk(claimed, status, thread) }
            return
        }
        if thread.writer.count <= ChannelLayout.inlineCapacity {
            unsafe thread.writer.withUnsafeBytes { bytes in
                _ = unsafe channel.complete(claimed, status: status, inline: bytes.bytes)
            }
            return
        }
        let reference = try written(claimed, thread)
        _ = channel.complete(claimed, status: status, payload: reference)
    }

    /// Starts the next task of the thread's chunk; false when there is none left.
    func startNextOfChunk(on thread: WorkerThread) -> Bool {
        guard var chunk = thread.chunk else { return false }
        defer { thread.chunk = chunk }
        return channel.startNext(of: &chunk)
    }

    /// Writes the result of a chunk's current task beside the others; false when it has no place there.
    private func finishTask(ofChunk claimed: ClaimedSlot, _ status: UInt32, _ thread: WorkerThread) -> Bool {
        guard status & CompletionStatus.namesSegments == 0, !thread.writer.isLent else { return false }
        return unsafe thread.writer.withUnsafeBytes { unsafe thread.chunk?.finish(status, $0) ?? false }
    }

    /// Completes a chunk with the current task's result as its payload; what has not been started is the parent's.
    private func endChunk(_ claimed: ClaimedSlot, _ status: UInt32, _ thread: WorkerThread) throws {
        let reference = try written(claimed, thread)
        thread.chunk?.close()
        thread.chunk = nil
        _ = channel.complete(claimed, status: status | CompletionStatus.chunk, payload: reference)
    }

    private func written(_ claimed: ClaimedSlot, _ thread: WorkerThread) throws -> PayloadReference {
        let count = thread.writer.count
        guard thread.writer.isLent, let segment = thread.spill?.segment else {
            return try unsafe thread.writer.withUnsafeBytes { try unsafe place($0, claimed, thread.request) }
        }
        segment.noteUse(count)
        if segment !== thread.request { try surroundings.introduce(segment, for: .bytes) }
        keep(for: claimed) { $0.segments.append(segment) }
        return PayloadReference(kind: .segment, identifier: segment.id.rawValue, length: count)
    }

    private func place(
        _ bytes: UnsafeRawBufferPointer, _ claimed: ClaimedSlot, _ request: SegmentReference?
    ) throws -> PayloadReference {
        // A chunk's slot holds the results of the tasks before.
        let isInline = claimed.flags & SlotFlags.isChunk == 0
        let placed = try unsafe payloads.place(bytes.count, inline: isInline, requestSegment: request) { target in
            unsafe target.copyMemory(from: bytes)
        }
        switch placed.placement {
        case .inline(let length):
            throw PoolError(.encodingFailed, "A result of \(length) bytes was to go inline.")
        case .arena(let block):
            keep(for: claimed) { $0.placement = placed.placement }
            return PayloadReference(kind: .arena, identifier: UInt64(block.offset), length: bytes.count)
        case .segment(let id, _):
            if let segment = placed.segment {
                if segment !== request { try surroundings.introduce(segment, for: .bytes) }
                keep(for: claimed) { $0.segments.append(segment) }
            }
            return PayloadReference(kind: .segment, identifier: id.rawValue, length: bytes.count)
        case .stream:
            let id = try unsafe surroundings.stream(bytes)
            return PayloadReference(kind: .stream, identifier: id, length: bytes.count)
        }
    }

    private func keep(for claimed: ClaimedSlot, _ add: (inout KeptPayloads) -> Void) {
        shared.withLock { shared in
            add(&shared.kept[claimed.index, default: KeptPayloads(task: claimed.taskID)])
            keptCount.store(shared.kept.count, ordering: .relaxed)
        }
    }

    /// The slot is used again, so its last result has been read.
    func letGo(of slot: SlotIndex) {
        // What the slot's last task has kept was counted before the slot came here again.
        guard keptCount.load(ordering: .relaxed) > 0 else { return }
        let kept = shared.withLock { forget(slot, &$0) }
        // Segments are let go of outside of the lock.
        if let placement = kept?.placement { payloads.release(placement) }
    }

    private func forget(_ slot: SlotIndex, _ shared: inout Shared) -> KeptPayloads? {
        defer { keptCount.store(shared.kept.count, ordering: .relaxed) }
        return shared.kept.removeValue(forKey: slot)
    }

    /// The parent has read a result that lay in a segment.
    ///
    /// It says so over the socket, and may by then have used the slot for another task, whose result stays.
    package func resultWasRead(_ slot: SlotIndex, task: UInt64) {
        let kept = shared.withLock { shared -> KeptPayloads? in
            shared.kept[slot]?.task == task ? forget(slot, &shared) : nil
        }
        if let placement = kept?.placement { payloads.release(placement) }
    }
}

/// The pool's own errors, as a worker sends them: a code and a message.
package enum WorkerRefusal {
    static let codes: [PoolError.Code] = [
        .unknownTaskType, .decodingFailed, .encodingFailed, .payloadTooLarge, .systemCallFailed,
    ]

    package static func encode(_ error: PoolError, into writer: inout ByteWriter) {
        writer.append(UInt8(codes.firstIndex(of: error.code) ?? codes.count - 1))
        var message = error.message
        message.makeContiguousUTF8()
        writer.append(Array(message.utf8.prefix(ChannelLayout.inlineCapacity - 1)))
    }

    package static func decode(_ payload: PayloadBytes) -> PoolError {
        unsafe payload.withBytes { bytes in
            let index = unsafe Int(bytes.first ?? UInt8(codes.count - 1))
            let message = unsafe String(decoding: bytes.dropFirst(), as: UTF8.self)
            return PoolError(index < codes.count ? codes[index] : .decodingFailed, message)
        }
    }
}
