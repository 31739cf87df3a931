/// A hold on a shared segment: while any reference to it lives, the segment stays mapped and is used for nothing else.
///
/// Whoever may still be reached through the segment keeps a reference: a ``SharedBuffer``, an encoded payload with its
/// attachments, a slot whose task has not ended. Letting the last one go takes no lock but the registry's; memory that
/// is not kept for reuse is given back there and then, at some 0.3 ms per megabyte.
package final class SegmentReference: Sendable {
    /// The segment's name in every process.
    package var id: SegmentID { segment.id }
    /// The size of the mapping: at least what was asked for.
    package var capacity: Int { segment.storage.size }
    /// The descriptor to send to a peer that has not got the segment; valid while the reference lives.
    package var descriptor: Int32 { segment.storage.descriptor ?? -1 }
    /// Where the mapping begins in this process; valid while the reference lives.
    // Safety: only hands the pointer on. It leads to `capacity` mapped bytes as long as the reference lives, which its
    // user sees to; every process the segment was lent to may read and write them.
    package var baseAddress: UnsafeMutableRawPointer { unsafe segment.storage.base }

    private let segment: Segment
    private let registry: SegmentRegistry

    /// For the registry, which has counted the reference.
    init(_ segment: Segment, in registry: SegmentRegistry) {
        self.segment = segment
        self.registry = registry
    }

    deinit { registry.referenceDied(id) }

    /// Remembers that the first `byteCount` bytes have been written, by whichever side, so that a segment kept for
    /// reuse is accounted for by the memory that it really holds.
    package func noteUse(_ byteCount: Int) { registry.noteUse(of: id, byteCount: byteCount) }
}

/// A segment as the registry holds it.
final class Segment: Sendable {
    let id: SegmentID
    let storage: SharedSegment

    init(id: SegmentID, storage: SharedSegment) {
        self.id = id
        self.storage = storage
    }
}
