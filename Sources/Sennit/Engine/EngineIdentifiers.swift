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

    /// The identifier of a task in the chunk that has this one; see `Engine+Chunks`.
    package func task(_ number: Int) -> TaskID { TaskID(index: index, generation: generation &+ UInt32(number)) }

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
        guard self > .zero else { return 0 }
        // The parts of a very long duration, such as a sum of two that are as long as can be, do not fit their types.
        guard self < .seconds(Nanoseconds.max / 4 / 1_000_000_000) else { return .max / 4 }
        let (seconds, attoseconds) = components
        return UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    }

    /// As long as `Task.sleep` bears without a trap: more than a century, which is as good as for ever.
    package var asSleep: Duration { min(self, .seconds(1 << 32)) }
}
