/// A task's arguments, encoded on the caller's thread, with the shared memory that they name.
package struct EncodedArguments: Sendable {
    /// The bytes, unless they were put into a segment at once.
    package var bytes: PayloadBytes
    /// The segment that holds the bytes, when they are many.
    package var segment: SegmentReference?
    package var count: Int
    /// Segments of the shared buffers among the arguments.
    package var attachments: [SegmentReference]
}

/// Collects the segments that a message names while it is encoded.
package final class AttachmentCollector: AttachmentEncoding {
    package private(set) var segments: [SegmentReference] = []

    package init() {}

    package func attach(_ segment: any AnyObject & Sendable) throws {
        guard let segment = segment as? SegmentReference else {
            throw PoolError(.encodingFailed, "Something other than a shared segment was attached.")
        }
        if !segments.contains(where: { $0 === segment }) { segments.append(segment) }
    }
}

/// Finds the segments that a message names, among those that its process knows.
package final class AttachmentResolver: AttachmentDecoding {
    private let find: (SegmentID) -> SegmentReference?

    package init(_ find: @escaping (SegmentID) -> SegmentReference?) {
        self.find = find
    }

    package func segment(_ id: UInt64) throws -> AnyObject {
        guard let segment = find(SegmentID(rawValue: id)) else {
            throw PoolError(.decodingFailed, "Shared segment \(SegmentID(rawValue: id)) is not known here.")
        }
        return segment
    }
}
