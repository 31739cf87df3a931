/// A payload, or memory it refers to, is not where the peer says.
package enum PayloadError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The place is not within the memory that it should be in.
    case outOfRange(offset: UInt64, length: Int, available: Int)
    /// No such segment is known here.
    case unknownSegment(SegmentID)
    /// Something was attached to a message that is no segment of this process.
    case notASegment

    package var description: String {
        switch self {
        case .outOfRange(let offset, let length, let available):
            "a payload of \(length) bytes at \(offset) lies outside of the \(available) bytes that there are"
        case .unknownSegment(let id):
            "segment \(id) is not known in this process"
        case .notASegment:
            "only segments of shared memory can be attached to a message"
        }
    }
}
