/// Memory that a payload refers to is not where the peer says.
package enum PayloadError: Error, Sendable, Equatable, CustomStringConvertible {
    /// No such segment is known here.
    case unknownSegment(SegmentID)
    /// Something was attached to a message that is no segment of this process.
    case notASegment

    package var description: String {
        switch self {
        case .unknownSegment(let id):
            "segment \(id) is not known in this process"
        case .notASegment:
            "only segments of shared memory can be attached to a message"
        }
    }
}
