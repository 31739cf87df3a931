/// Gives access to payloads that the peer has put into shared memory, without copying them.
///
/// What the peer says is checked: a place outside of the arena or of its segment is an error of that payload alone.
package struct PayloadReader: Sendable {
    private let arenaBase: UInt
    private let arenaBytes: Int
    private let registry: SegmentRegistry?

    /// Makes a reader over the arena of the direction it reads, which must stay mapped as long as the reader is used.
    package init(arena: UnsafeRawBufferPointer, registry: SegmentRegistry?) {
        // Kept as a number, because a raw pointer is not Sendable; the owner of the channel vouches for the mapping.
        arenaBase = UInt(bitPattern: arena.baseAddress)
        arenaBytes = arena.count
        self.registry = registry
    }

    /// Gives `body` the bytes of an arena block.
    ///
    /// They are valid until the slot that names them is used again.
    package func withArenaBytes<Value>(
        offset: UInt64, length: Int, _ body: (UnsafeRawBufferPointer) throws -> Value
    ) throws -> Value {
        guard length >= 0, length <= arenaBytes, offset <= UInt64(arenaBytes - length) else {
            throw PayloadError.outOfRange(offset: offset, length: length, available: arenaBytes)
        }
        // The range was checked on the line above.
        return try unsafe body(
            UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: arenaBase + UInt(offset)), count: length)
        )
    }

    /// The segment a payload of `length` bytes lies in; hold it until the result has been sent.
    ///
    /// - Throws: ``PayloadError/unknownSegment(_:)`` when it has not been lent yet: take in what waits on the control
    ///   socket, and ask again.
    package func segment(_ id: SegmentID, length: Int) throws(PayloadError) -> SegmentReference {
        guard let reference = registry?.reference(to: id) else { throw .unknownSegment(id) }
        guard length >= 0, length <= reference.capacity else {
            throw .outOfRange(offset: 0, length: length, available: reference.capacity)
        }
        return reference
    }
}

extension SegmentReference {
    /// Gives `body` the first `length` bytes of the segment, which must have been checked against ``capacity``.
    package func withBytes<Value, Failure: Error>(
        _ length: Int, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        invariant(length >= 0 && length <= capacity, "a payload is longer than its segment")
        // The length was checked on the line above; the reference keeps the mapping.
        return try unsafe body(UnsafeRawBufferPointer(start: baseAddress, count: length))
    }
}
