/// A stretch of memory that goes to a worker and back without being copied.
///
/// Make one, write to it, and let it travel as a property of a task or of a task's result: the other process finds it
/// at the same physical memory. It costs the same whether it holds a kilobyte or a gigabyte, so it is meant for what is
/// large. In a pool with `processes: 0` it is simply the same memory.
///
/// **Both sides see every write**, as with any class instance that two threads share, and nothing is locked. The rule
/// of use is *hand-over*: whoever has the task's turn may write, and nobody else looks. Submitting a task hands over to
/// the worker; its result, or its failure, hands back. A worker that dies in the midst of a task leaves the buffer
/// half-written. Tasks that run at the same time may share a buffer if they only read, or write to parts that do not
/// overlap. Use ``copy()`` to keep what must not change.
///
/// The memory lives as long as any `SharedBuffer` on it in any process, and each takes up a file descriptor in every
/// process it has been to. Values decoded from the same task's arguments or result in the process that made a buffer
/// are on that very memory, though they are not the same instance. It travels through pools only: other encoders throw.
public final class SharedBuffer: Sendable {
    /// How many bytes the buffer holds.
    public let byteCount: Int
    let segment: SegmentReference

    // Safety: below, bytes are written only to a segment that the registry has just made for this buffer: at least as
    // long as was asked for, alive with the reference, and known to nobody else yet.
    init(_ segment: SegmentReference, byteCount: Int) {
        self.segment = segment
        self.byteCount = byteCount
    }

    /// Makes a buffer of zeros.
    ///
    /// The system provides the memory page by page when it is first touched, which takes longer than touching it again:
    /// use a buffer more than once where you can.
    ///
    /// - Parameter byteCount: 0 or more.
    /// - Throws: ``PoolError`` with `invalidArgument` for an impossible size, or `systemCallFailed` when there is no
    ///   memory, no descriptor, or too many buffers live; from a megabyte on, also when a control group of this process
    ///   leaves less memory than that, for which the system would kill the process.
    public convenience init(byteCount: Int) throws {
        var isZeroed = false
        let segment = try Self.segment(byteCount, isZeroed: &isZeroed)
        self.init(segment, byteCount: byteCount)
        if !isZeroed {
            // A segment that was used before; its mapping is at least `byteCount` long and nobody else has it yet.
            unsafe segment.baseAddress.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        }
    }

    /// Makes a buffer with a copy of `bytes`.
    ///
    /// - Throws: ``PoolError``, as ``init(byteCount:)``.
    public convenience init(copying bytes: RawSpan) throws {
        var isZeroed = false
        let segment = try Self.segment(bytes.byteCount, isZeroed: &isZeroed)
        self.init(segment, byteCount: bytes.byteCount)
        // The segment is at least as long as the source, and nobody else has it yet.
        unsafe bytes.withUnsafeBytes { source in
            unsafe UnsafeMutableRawBufferPointer(start: segment.baseAddress, count: source.count).copyMemory(
                from: source)
        }
    }

    /// Makes a buffer with a copy of the elements, as they lie in memory.
    ///
    /// - Throws: ``PoolError``, as ``init(byteCount:)``.
    public convenience init<Element: BitwiseCopyable>(copying elements: some Sequence<Element>) throws {
        let array = elements as? [Element] ?? Array(elements)
        // Padding between elements, if there is any, is copied as it is and means nothing to the reader either.
        try unsafe self.init(copying: array.span.bytes)
    }

    /// Makes a buffer of its own with the same contents.
    ///
    /// - Throws: ``PoolError``, as ``init(byteCount:)``.
    public func copy() throws -> SharedBuffer {
        // The pointer is used while `self` keeps the memory.
        try unsafe withUnsafeBytes { try unsafe SharedBuffer(copying: $0.bytes) }
    }

    private static func segment(_ byteCount: Int, isZeroed: inout Bool) throws -> SegmentReference {
        do throws(SegmentError) {
            return try SegmentRegistry.process.make(byteCount, isZeroed: &isZeroed)
        } catch {
            let code: PoolError.Code = if case .invalidSize = error { .invalidArgument } else { .systemCallFailed }
            throw PoolError(code, "a shared buffer of \(byteCount) bytes cannot be made: \(error)", cause: error)
        }
    }
}
