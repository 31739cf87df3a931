/// A task's arguments, encoded on the caller's thread, with the shared memory that they name.
package struct EncodedArguments: Sendable {
    /// The bytes, unless they were put into a segment at once.
    package var bytes: PayloadBytes
    /// The segment that holds the bytes, when they are many.
    package var segment: SegmentReference?
    package var count: Int
    /// Segments of the shared buffers among the arguments.
    package var attachments: [SegmentReference]
    /// `TaskFlags`, for the slot.
    package var flags: UInt32 = 0

    package var holdsSegments: Bool { segment != nil || !attachments.isEmpty }
}

/// What a slot's flag word says of the payload.
package enum TaskFlags {
    /// The task's metadata stands before its arguments.
    package static let hasMetadata: UInt32 = 1
}
