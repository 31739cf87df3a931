internal import Synchronization

// Safety: chunks are sub-ranges of the bytes they are cut from, which the caller lends for the length of the call; a
// received chunk's bytes begin behind its four numbers, which were read from the same message.
/// Carries segments and streamed payloads over one control socket, on either end.
///
/// A segment's descriptor is sent before anything that names the segment, and once; the other end is told when it may
/// let go.
package final class SegmentCourier: Sendable {
    package let socket: ControlSocket
    package let link: SegmentLink
    package let assembler = StreamAssembler()
    private let registry: SegmentRegistry
    // Held while the registry's word about the link and the message that follows from it are one step.
    private let sending = Mutex(())
    private let nextStream = Atomic<UInt64>(1)
    private let losses = Mutex(SegmentLosses())

    private static let nextLink = Atomic<UInt32>(1)

    /// Makes the courier of one link.
    ///
    /// `wake` is called on any thread when `sendForgotten` has something to do; must not block.
    package init(socket: ControlSocket, registry: SegmentRegistry, wake: @escaping @Sendable () -> Void) {
        self.socket = socket
        self.registry = registry
        link = SegmentLink(Self.nextLink.wrappingAdd(1, ordering: .relaxed).oldValue)
        registry.attach(link, wake: wake)
    }

    /// Makes the segment known at the other end, if it is not.
    package func introduce(_ segment: SegmentReference, for use: SegmentUse) throws {
        try sending.withLock { _ in
            guard registry.lend(segment, to: link, for: use) else { return }
            try socket.send(
                .segment, [segment.id.rawValue, UInt64(segment.capacity)], descriptors: [segment.descriptor])
        }
    }

    /// Tells the other end which segments it may let go of.
    package func sendForgotten() {
        sending.withLock { _ in
            for id in registry.takeForgotten(for: link) {
                // A broken socket needs no message: its end is noticed elsewhere.
                try? socket.send(.forgetSegment, [id.rawValue])
            }
        }
    }

    /// Sends a payload in pieces, waiting while the other end is slow.
    ///
    /// For a socket that blocks; one that queues would refuse a payload larger than its queue.
    ///
    /// - Returns: The number under which the other end finds it.
    package func stream(_ bytes: UnsafeRawBufferPointer) throws -> UInt64 {
        let id = nextStream.wrappingAdd(1, ordering: .relaxed).oldValue
        for chunk in StreamChunks(id: id, totalBytes: bytes.count) { try unsafe send(chunk, of: bytes) }
        return id
    }

    /// Sends one piece of a payload.
    package func send(_ chunk: StreamChunk, of bytes: UnsafeRawBufferPointer) throws {
        var writer = ByteWriter(capacity: chunk.byteCount + 32)
        for number in [chunk.id, UInt64(chunk.totalBytes), UInt64(chunk.offset), UInt64(chunk.byteCount)] {
            writer.append(fixed: number)
        }
        unsafe writer.append(UnsafeRawBufferPointer(rebasing: bytes[chunk.range]))
        try unsafe writer.withUnsafeBytes { bytes in
            try unsafe socket.send(kind: ControlMessage.Kind.chunk.rawValue, payload: bytes.bytes)
        }
    }

    /// Takes in a message about segments or streams; false if it is about something else.
    package func receive(_ frame: inout ControlFrame) throws -> Bool {
        switch ControlMessage.Kind(rawValue: frame.kind) {
        case .segment:
            let numbers = try frame.payload.controlNumbers(2)
            let id = SegmentID(rawValue: numbers[0])
            do throws(SegmentError) {
                try adopt(id, frame.takeDescriptor(), byteCount: Int(clamping: numbers[1]))
                losses.withLock { $0.forget(id) }
            } catch {
                losses.withLock { $0.note(id, error) }
                // The tasks that the segment was sent for will miss it. The next one need not.
                try socket.send(.segmentLost, [id.rawValue])
            }
        case .segmentLost:
            registry.takeBack(SegmentID(rawValue: try frame.payload.controlNumbers(1)[0]), from: link)
        case .forgetSegment:
            registry.forget(SegmentID(rawValue: try frame.payload.controlNumbers(1)[0]), from: link)
        case .chunk:
            let numbers = try frame.payload.controlNumbers(4)
            let chunk = StreamChunk(
                id: numbers[0], totalBytes: Int(clamping: numbers[1]), offset: Int(clamping: numbers[2]),
                byteCount: Int(clamping: numbers[3]))
            try unsafe frame.payload.withUnsafeBytes { bytes in
                try unsafe assembler.receive(chunk, UnsafeRawBufferPointer(rebasing: bytes[32...]))
            }
        case .abandonStream:
            assembler.abandon(try frame.payload.controlNumbers(1)[0])
        default:
            return false
        }
        return true
    }

    private func adopt(
        _ id: SegmentID, _ descriptor: consuming FileDescriptor?, byteCount: Int
    ) throws(SegmentError) {
        guard let descriptor else { throw .system(.noRoomForDescriptor) }
        try registry.adopt(id, descriptor: descriptor, byteCount: byteCount, from: link)
    }

    /// Why a segment that the other end has sent could not be taken over; nil if it was, or has not come.
    package func loss(of id: SegmentID) -> SegmentError? { losses.withLock { $0.reason(for: id) } }

    /// The other end is gone.
    package func close() {
        registry.detach(link)
        assembler.close()
    }
}
