/// Lets a message that grows long be written straight into the shared segment in which it will travel.
///
/// One writer's, and like it on one thread at a time.
// Safety: room is a segment of at least the size needed, kept by a reference until `takeBack`; the one before it is
// kept for one call more, in which the writer copies its bytes.
// Sendable by hand: whoever has the writer has this, and nobody else.
package final class SegmentSpill: WriterMemory, @unchecked Sendable {
    private let registry: SegmentRegistry
    private let threshold: Int
    private var preferred: SegmentReference?
    private var previous: SegmentReference?
    /// The segment that the message lies in, while the writer says that its memory is lent.
    package private(set) var segment: SegmentReference?

    /// Makes memory for messages of more than `threshold` bytes.
    package init(registry: SegmentRegistry, threshold: Int) {
        self.registry = registry
        self.threshold = threshold
    }

    /// The next message goes into this segment if it fits there.
    package func prefer(_ segment: SegmentReference?) { preferred = segment }

    package func room(for needed: Int, wanted: Int) -> UnsafeMutableRawBufferPointer? {
        guard needed > threshold else { return nil }
        let next: SegmentReference
        if let preferred, preferred !== segment, preferred.capacity >= needed {
            next = preferred
        } else {
            // Whatever the reason that there is none, the message can still be written to other memory.
            guard let made = try? registry.make(wanted) else { return nil }
            next = made
        }
        previous = segment
        segment = next
        return unsafe UnsafeMutableRawBufferPointer(start: next.baseAddress, count: next.capacity)
    }

    package func takeBack() {
        preferred = nil
        previous = nil
        segment = nil
    }
}
