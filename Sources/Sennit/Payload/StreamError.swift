/// Why a streamed payload did not come together.
package enum StreamError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The piece does not continue where the last one of its payload ended: it is repeated, overlaps, leaves a gap, or
    /// sticks out.
    case misplacedChunk(id: UInt64, offset: Int, byteCount: Int, expectedOffset: Int)
    /// The piece is negative or larger than pieces may be, names no possible size, or contradicts the size named
    /// before.
    case invalidChunk(id: UInt64, totalBytes: Int, byteCount: Int)
    /// Too many bytes or payloads are under way at once.
    case tooMuchInAssembly(id: UInt64, totalBytes: Int, maximum: Int)
    /// The payload did not come within the time given.
    case timedOut(id: UInt64)
    /// The link has closed; the payload will not come.
    case closed

    package var description: String {
        switch self {
        case .misplacedChunk(let id, let offset, let byteCount, let expected):
            "a piece of payload \(id) has \(byteCount) bytes at \(offset), where \(expected) was expected"
        case .invalidChunk(let id, let totalBytes, let byteCount):
            "a piece of payload \(id) has \(byteCount) bytes of \(totalBytes), which cannot be"
        case .tooMuchInAssembly(let id, let totalBytes, let maximum):
            "payload \(id) of \(totalBytes) bytes would bring those under way beyond \(maximum)"
        case .timedOut(let id): "payload \(id) did not come in time"
        case .closed: "the link closed before the payload was complete"
        }
    }
}
