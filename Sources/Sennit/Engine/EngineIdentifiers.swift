/// Names a task inside one pool: a slot of the task table and the slot's generation.
///
/// A generation is never reused for the same slot, so an identifier that outlives its task matches nothing.
public struct TaskID: Hashable, Sendable, Codable, CustomStringConvertible {
    package let rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    package init(index: Int, generation: UInt32) {
        rawValue = UInt64(generation) << 32 | UInt64(UInt32(truncatingIfNeeded: index))
    }

    package var index: Int { Int(truncatingIfNeeded: rawValue & 0xFFFF_FFFF) }

    package var generation: UInt32 { UInt32(truncatingIfNeeded: rawValue >> 32) }

    /// The identifier as it appears in errors and events: slot, a dot, generation.
    public var description: String { "\(index).\(generation)" }
}

/// Names one incarnation of a worker: its place in the pool and how many workers held the place before it.
public struct WorkerID: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The worker's place in the pool, from zero.
    ///
    /// A replacement takes the place of the worker it replaces.
    public let number: Int

    /// How many workers have been started in this place so far, this one included.
    public let incarnation: UInt32

    package init(number: Int, incarnation: UInt32) {
        self.number = number
        self.incarnation = incarnation
    }

    /// The identifier as it appears in errors and events: place, a dot, incarnation.
    public var description: String { "\(number).\(incarnation)" }
}

/// Monotonic nanoseconds.
///
/// The engine never reads a clock; every event brings the time with it.
package typealias Nanoseconds = UInt64

extension Duration {
    /// The duration in whole nanoseconds, clamped to what fits; a negative duration is zero.
    package var clampedNanoseconds: Nanoseconds {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (product, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return .max / 4 }
        return min(product &+ UInt64(attoseconds / 1_000_000_000), .max / 4)
    }
}
