/// A task's arguments, encoded on the caller's thread, with the shared memory that they name.
package struct EncodedArguments: Sendable {
    /// The bytes, unless they were put into a segment at once.
    package var bytes: PayloadBytes
    /// The segment that holds the bytes, when they are many.
    package var segment: SegmentReference?
    package var count: Int
    /// Segments of the shared buffers among the arguments.
    package var attachments: [SegmentReference]
    /// What they say of themselves: a set of `SlotFlags`.
    package var flags: UInt32 = 0

    /// The arguments of a task that could not be encoded.
    static var none: Self { Self(bytes: .small(0, 0, count: 0), segment: nil, count: 0, attachments: []) }

    package var holdsSegments: Bool { segment != nil || !attachments.isEmpty }
}
