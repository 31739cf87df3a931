/// A task that a worker thread has claimed and must complete.
///
/// A copy of the slot's numbers; the payload's bytes stay in shared memory.
package struct ClaimedSlot: Sendable {
    package let index: SlotIndex
    package let taskID: UInt64
    package let attempt: UInt32
    package let typeIndex: UInt32
    /// A set of `SlotFlags`.
    package let flags: UInt32
    /// CLOCK_MONOTONIC nanoseconds, 0 for none.
    package let deadline: UInt64
    package let startedAt: UInt64
    /// The request, or nil when the reference points nowhere: the task cannot run.
    package let payload: PayloadReference?
}

/// What a parent says of a task in its slot's flags.
package enum SlotFlags {
    /// The task may be tried again: its arguments stay as they are, even where its result would fit in their place.
    package static let keepsArguments: UInt32 = 1
    /// Several tasks travel in the slot; see `SlotChunk`.
    package static let isChunk: UInt32 = 1 << 1
    /// The task's metadata stands before its arguments.
    package static let hasMetadata: UInt32 = 1 << 8
}
