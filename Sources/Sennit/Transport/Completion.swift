/// A finished task's slot as the parent found it; every number is checked.
package struct Completion: Sendable {
    package let slot: SlotIndex
    /// As posted: from the parent's own record, not from shared memory.
    package let taskID: UInt64
    package let attempt: UInt32
    /// What the worker passed to `complete`.
    package let status: UInt32
    /// Nanoseconds of CLOCK_MONOTONIC, by the worker's word.
    package let startedAt: UInt64
    package let finishedAt: UInt64
    /// The result, or nil when the worker left a reference that points nowhere.
    package let payload: PayloadReference?
}

/// What became of a task whose worker died.
package enum FateAfterDeath: Sendable {
    /// No thread had claimed it: it may run elsewhere as if nothing had happened.
    case neverStarted
    /// A thread was running it. `startedAt` is 0 when the slot's state makes no sense.
    case running(startedAt: UInt64)
    /// It had finished: the result is whole. The slot is held until `release`.
    case completed(Completion)
}
