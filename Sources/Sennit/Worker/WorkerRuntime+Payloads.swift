internal import Synchronization

extension WorkerRuntime {
    // MARK: Arguments

    /// The task itself, decoded from wherever its arguments lie.
    func arguments<Work: PoolTask>(of claimed: ClaimedSlot, as type: Work.Type) throws -> Work {
        guard let payload = claimed.payload else {
            throw PoolError(.decodingFailed, "The arguments lie outside the shared memory.")
        }
        switch payload.kind {
        case .inline:
            return try channel.withInlineBytes(of: claimed) { span in
                try unsafe span.withUnsafeBytes { try unsafe decode(type, $0) }
            }
        case .arena:
            let start = unsafe channel.region.base + channel.layout.requestArenaOffset + Int(payload.identifier)
            return try unsafe decode(type, UnsafeRawBufferPointer(start: start, count: payload.length))
        case .segment:
            let segment = try surroundings.segment(SegmentID(rawValue: payload.identifier))
            guard payload.length <= segment.capacity else {
                throw PoolError(.decodingFailed, "The arguments are longer than the segment they lie in.")
            }
            // The result may go the same way back.
            shared.withLock { $0.held[claimed.index, default: []].append(segment) }
            let memory = unsafe UnsafeRawBufferPointer(start: segment.baseAddress, count: payload.length)
            return try unsafe decode(type, memory)
        case .stream:
            let bytes = try surroundings.takeStream(payload.identifier)
            return try unsafe bytes.withUnsafeBytes { try unsafe decode(type, $0) }
        }
    }

    private func decode<Value: Decodable>(_ type: Value.Type, _ bytes: UnsafeRawBufferPointer) throws -> Value {
        var reader = unsafe ByteReader(bytes)
        let resolver = AttachmentResolver { try? self.surroundings.segment($0) }
        return try WireCoder.decode(type, from: &reader, attachments: resolver)
    }

    // MARK: Results

    func reply<Output: Encodable>(_ output: Output, to claimed: ClaimedSlot, on thread: WorkerThread) {
        thread.writer.reset()
        do {
            let attachments = AttachmentCollector()
            try WireCoder.encode(
                output, into: &thread.writer, attachments: attachments, sizeLimit: settings.policy.maximumPayloadBytes)
            for segment in attachments.segments {
                try surroundings.introduce(segment)
                shared.withLock { $0.held[claimed.index, default: []].append(segment) }
            }
            try send(CompletionStatus.output, claimed, thread)
        } catch {
            let tooLarge = (error as? WireError)?.code == .tooLarge
            let text =
                tooLarge
                ? "The result is larger than maximumPayloadBytes (\(settings.policy.maximumPayloadBytes) bytes)."
                : "The result (\(Output.self)) could not be encoded: \(error)"
            refuse(claimed, PoolError(tooLarge ? .payloadTooLarge : .encodingFailed, text), on: thread)
        }
    }

    func reply(error: any Error, to claimed: ClaimedSlot, on thread: WorkerThread) {
        thread.writer.reset()
        do {
            ErrorEnvelope.encode(error, throwSite: ThrowSite.takeFrames(), into: &thread.writer)
            try send(CompletionStatus.thrown, claimed, thread)
        } catch {
            refuse(claimed, PoolError(.encodingFailed, "The task's error could not be sent: \(error)"), on: thread)
        }
    }

    /// Ends a task with an error of the pool's own.
    func refuse(_ claimed: ClaimedSlot, _ error: PoolError, on thread: WorkerThread) {
        thread.writer.reset()
        WorkerRefusal.encode(error, into: &thread.writer)
        thread.writer.withUnsafeBytes { bytes in
            _ = unsafe channel.complete(claimed, status: CompletionStatus.refused, inline: bytes.bytes)
        }
    }

    /// Puts the written bytes where they fit best and completes the slot.
    private func send(_ status: UInt32, _ claimed: ClaimedSlot, _ thread: WorkerThread) throws {
        if thread.writer.count <= ChannelLayout.inlineCapacity {
            thread.writer.withUnsafeBytes { bytes in
                _ = unsafe channel.complete(claimed, status: status, inline: bytes.bytes)
            }
            return
        }
        let reference = try thread.writer.withUnsafeBytes { try unsafe place($0, claimed) }
        _ = channel.complete(claimed, status: status, payload: reference)
    }

    private func place(_ bytes: UnsafeRawBufferPointer, _ claimed: ClaimedSlot) throws -> PayloadReference {
        let requestSegment = claimed.payload.flatMap { $0.kind == .segment ? SegmentID(rawValue: $0.identifier) : nil }
        let held = requestSegment.flatMap { id in
            shared.withLock { $0.held[claimed.index]?.first { $0.id == id } }
        }
        var route: PayloadRoute? = try settings.policy.route(bytes.count, requestSegment: held?.capacity)
        while let next = route {
            if let reference = try unsafe put(bytes, next, claimed, held) { return reference }
            route = settings.policy.fallback(after: next)
        }
        throw PoolError(.systemCallFailed, "There is no way to send \(bytes.count) bytes back.")
    }

    private func put(
        _ bytes: UnsafeRawBufferPointer, _ route: PayloadRoute, _ claimed: ClaimedSlot, _ held: SegmentReference?
    ) throws -> PayloadReference? {
        guard let source = bytes.baseAddress else { return nil }
        switch route {
        case .inline:
            return nil
        case .arena:
            guard let block = shared.withLock({ $0.takeBlock(bytes.count, for: claimed.index) }) else { return nil }
            let target = unsafe channel.region.base + channel.layout.responseArenaOffset + block.offset
            unsafe target.copyMemory(from: source, byteCount: bytes.count)
            return PayloadReference(kind: .arena, identifier: UInt64(block.offset), length: bytes.count)
        case .requestSegment, .segment:
            guard let segment = route == .requestSegment ? held : surroundings.makeSegment(bytes.count) else { return nil }
            unsafe segment.baseAddress.copyMemory(from: source, byteCount: bytes.count)
            segment.noteUse(bytes.count)
            if route == .segment { shared.withLock { $0.held[claimed.index, default: []].append(segment) } }
            return PayloadReference(kind: .segment, identifier: segment.id.rawValue, length: bytes.count)
        case .stream:
            let id = try unsafe surroundings.stream(bytes)
            return PayloadReference(kind: .stream, identifier: id, length: bytes.count)
        }
    }

    /// The slot is used again, so its last result has been read.
    func letGo(of slot: SlotIndex) {
        let held = shared.withLock { shared in
            if !shared.blocks.isEmpty, let block = shared.blocks.removeValue(forKey: slot) { shared.arena.free(block) }
            return shared.held.isEmpty ? nil : shared.held.removeValue(forKey: slot)
        }
        _ = held
    }

    /// The parent has read a result that lay in a segment.
    package func resultWasRead(_ slot: SlotIndex, task: UInt64) {
        letGo(of: slot)
    }
}

extension WorkerRuntime.Shared {
    mutating func takeBlock(_ byteCount: Int, for slot: SlotIndex) -> PayloadArena.Block? {
        guard let block = arena.allocate(byteCount) else { return nil }
        blocks[slot] = block
        return block
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
        payload.withBytes { bytes in
            let index = unsafe Int(bytes.first ?? UInt8(codes.count - 1))
            let message = unsafe String(decoding: bytes.dropFirst(), as: UTF8.self)
            return PoolError(index < codes.count ? codes[index] : .decodingFailed, message)
        }
    }
}
