/// Collects the segments of a message while it is encoded.
///
/// One per message and not thread-safe. The message's owner lends each to the peer before it publishes the message, and
/// holds them all until the task has ended and its result has been decoded.
package final class AttachedSegments: AttachmentEncoding {
    /// The segments attached so far, each once.
    package private(set) var segments: [SegmentReference] = []

    package init() {}

    package func attach(_ segment: any AnyObject & Sendable) throws {
        guard let segment = segment as? SegmentReference else { throw PayloadError.notASegment }
        if !segments.contains(where: { $0.id == segment.id }) { segments.append(segment) }
    }
}

/// Finds the segments that a message refers to among those of this process.
package final class SegmentLookup: AttachmentDecoding, Sendable {
    private let registry: SegmentRegistry
    private let takeIn: @Sendable (SegmentID) throws -> Void

    /// Makes a lookup for one message.
    ///
    /// - Parameters:
    ///   - registry: the segments of this process.
    ///   - takeIn: called once for an id that is not known, to take in what waits on the control socket; the id is then
    ///     looked up again.
    package init(in registry: SegmentRegistry, takeIn: @escaping @Sendable (SegmentID) throws -> Void = { _ in }) {
        self.registry = registry
        self.takeIn = takeIn
    }

    /// The lookup of this process's segments, for a reader whom nothing is on its way to.
    package static let process = SegmentLookup(in: .process)

    package func segment(_ id: UInt64) throws -> AnyObject {
        let id = SegmentID(rawValue: id)
        if let segment = registry.reference(to: id) { return segment }
        try takeIn(id)
        guard let segment = registry.reference(to: id) else { throw PayloadError.unknownSegment(id) }
        return segment
    }
}

/// Finds the segments that a task's arguments refer to, and remembers which they were.
final class RequestSegments: AttachmentDecoding {
    /// The segments found so far.
    private(set) var found: Set<SegmentID> = []
    private let find: (SegmentID) throws -> SegmentReference

    /// Makes a lookup; `find` may wait for a segment that is on its way.
    init(find: @escaping (SegmentID) throws -> SegmentReference) { self.find = find }

    /// Begins another message.
    func forget() {
        if !found.isEmpty { found = [] }
    }

    func segment(_ id: UInt64) throws -> AnyObject {
        let segment = try find(SegmentID(rawValue: id))
        found.insert(segment.id)
        return segment
    }
}
