/// Why a shared segment could not be had.
package enum SegmentError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A negative size, or one beyond what one segment may have.
    case invalidSize(bytes: Int, maximum: Int)
    /// As many segments are in use as the process may hold; each costs a descriptor.
    case tooManySegments(maximum: Int)
    /// A control group of this process leaves less than that, and kills whoever takes more.
    case noRoom(bytes: Int, ControlGroupMemory)
    /// A peer lent a segment under an id that belongs to another one here.
    case conflictingID(SegmentID)
    /// The system refused.
    case system(SystemError)

    package var description: String {
        switch self {
        case .invalidSize(let bytes, let maximum):
            "a shared segment cannot have \(bytes) bytes: 0 to \(maximum) are possible"
        case .tooManySegments(let maximum):
            "\(maximum) shared segments are in use, which is the limit; release some, or share fewer and larger buffers"
        case .noRoom(let bytes, let group):
            "the control group at \(group.directory) leaves \(group.room) of its \(group.limit) bytes of memory, and "
                + "\(bytes) are wanted; raise its limit, or share less at once"
        case .conflictingID(let id):
            "segment \(id) was lent under an id that is already taken by another segment"
        case .system(let error):
            error.description
        }
    }
}
