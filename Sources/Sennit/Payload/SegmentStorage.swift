/// A mapped piece of memory that has a descriptor to pass on; unmapped and closed when the object goes.
package protocol SegmentStorage: AnyObject, Sendable {
    /// Where the mapping begins in this process; page-aligned.
    var baseAddress: UnsafeMutableRawPointer { get }
    /// The size of the mapping.
    var byteCount: Int { get }
    /// The descriptor to send to a peer; open while the object lives.
    var descriptor: Int32 { get }
}

/// How segments come to be in this process.
package struct SegmentSource: Sendable {
    /// Makes a zero-filled segment.
    package var make: @Sendable (_ byteCount: Int) throws -> any SegmentStorage
    /// Maps a segment that a peer made. Takes over the descriptor, also when it throws.
    package var map: @Sendable (_ descriptor: Int32, _ byteCount: Int) throws -> any SegmentStorage
    /// Closes a descriptor that turned out not to be needed.
    package var close: @Sendable (_ descriptor: Int32) -> Void
}
