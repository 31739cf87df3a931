/// Encodes tasks on their caller's thread, with memory that it keeps from one to the next.
///
/// One owner at a time has it.
// @unchecked Sendable: it cannot be copied, so nobody else has what it holds while it goes from one owner to the next.
struct ArgumentEncoder: ~Copyable, @unchecked Sendable {
    private var writer: ByteWriter
    private let spill: SegmentSpill?
    private var attachments = AttachedSegments()
    private var memory = EncodingMemory()
    private let limit: Int

    init(_ options: PoolOptions) {
        limit = options.maximumPayloadBytes
        let hasSegments = options.sharedMemory == .automatic
        spill = hasSegments ? SegmentSpill(registry: .process, threshold: Self.segmentThreshold) : nil
        writer = ByteWriter(capacity: 64, memory: spill)
    }

    /// Encodes a task's metadata and arguments; many bytes are put into shared memory at once.
    ///
    /// - Throws: ``PayloadTooLarge``, or ``PoolError`` when the task's own encoding fails.
    mutating func encode<Work: PoolTask>(_ task: Work, with metadata: [String: String]) throws -> EncodedArguments {
        writer.reset(keepingUpTo: Self.segmentThreshold)
        if !attachments.segments.isEmpty { attachments = AttachedSegments() }
        do {
            if !metadata.isEmpty { try WireCoder.encode(metadata, into: &writer, sizeLimit: limit) }
            try WireCoder.encode(
                task, into: &writer, attachments: attachments, sizeLimit: limit - writer.count, using: &memory)
        } catch let error as WireError where error.code == .tooLarge {
            throw PayloadTooLarge(byteCount: limit + 1, maximumByteCount: limit)
        } catch {
            throw PoolError(.encodingFailed, "The arguments of \(Work.self) cannot be encoded: \(error)", cause: error)
        }
        var arguments = collect()
        // A segment belongs to the arguments alone from here on.
        if writer.isLent { writer.reset() }
        if !metadata.isEmpty { arguments.flags = SlotFlags.hasMetadata }
        return arguments
    }

    // Safety: the writer's bytes are used only while it is borrowed, and the segment is at least as long as they are.
    private func collect() -> EncodedArguments {
        unsafe writer.withUnsafeBytes { bytes in
            var arguments = EncodedArguments(
                bytes: .small(0, 0, count: 0), segment: nil, count: bytes.count, attachments: attachments.segments)
            if bytes.count > Self.segmentThreshold, let segment = unsafe segment(holding: bytes) {
                segment.noteUse(bytes.count)
                arguments.segment = segment
            } else {
                arguments.bytes = unsafe PayloadBytes(copying: bytes)
            }
            return arguments
        }
    }

    /// The segment that the bytes were written to, or one with a copy of them.
    ///
    /// Copied here, on the caller's thread, so that handing them to a worker costs nothing.
    private func segment(holding bytes: UnsafeRawBufferPointer) -> SegmentReference? {
        if writer.isLent { return spill?.segment }
        guard spill != nil, let source = bytes.baseAddress,
            let segment = try? SegmentRegistry.process.make(bytes.count)
        else { return nil }
        unsafe segment.baseAddress.copyMemory(from: source, byteCount: bytes.count)
        return segment
    }

    private static var segmentThreshold: Int { PayloadPolicy(inlineBytes: ChannelLayout.inlineCapacity).arenaBytes }
}
