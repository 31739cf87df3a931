/// The name of a shared segment, the same in every process that maps it.
///
/// The process that makes a segment names it: its origin number in the upper 24 bits, a counter in the lower 40.
package struct SegmentID: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64

    /// Wraps a number that came over a link; any value is an id, though perhaps of no segment.
    package init(rawValue: UInt64) { self.rawValue = rawValue }

    init(origin: UInt32, counter: UInt64) {
        rawValue = UInt64(origin & 0xFF_FFFF) << 40 | counter & 0xFF_FFFF_FFFF
    }

    /// The number of the process that made the segment.
    package var origin: UInt32 { UInt32(rawValue >> 40) }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    package var description: String { "\(origin).\(rawValue & 0xFF_FFFF_FFFF)" }
}

/// A way to one peer process over which descriptors travel: in a parent, one per worker; in a worker, the one to its
/// parent.
package struct SegmentLink: Hashable, Sendable {
    package let number: UInt32

    /// Names a link; numbers are not used again while the process lives.
    package init(_ number: UInt32) { self.number = number }
}

/// What peers do with the memory of a segment that they are lent.
package enum SegmentUse: Sendable {
    /// They copy a payload out of it, or a result into it, while the task lasts. It may be used again after that.
    case bytes
    /// They may keep a ``SharedBuffer`` on it for as long as they like. It is never used again for something else.
    case buffer
}
