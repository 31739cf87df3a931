/// Chunks: tiny tasks of one map that travel as one, in one slot, and are run one after the other by one thread.
///
/// The engine knows a chunk as one task with a size, so its counts are of tasks. Chunks have no key, timeout, deadline
/// or allowance after a cancellation. A chunk is *split* when its first unfinished task turns out to be long, when its
/// worker may take nothing more, and when the worker dies: what has ended gets its outcome, what has not started goes
/// back to the map, and what is left is the one task that is running, which from then on is a task like any other.
extension Engine {
    /// How long a chunk may take before somebody looks whether one of its tasks keeps the others waiting.
    package static var chunkPatience: Nanoseconds { 2_000_000 }

    mutating func armChunkLook(now: Nanoseconds) {
        guard !chunkLookArmed else { return }
        chunkLookArmed = true
        addTimer(.chunks, at: now &+ Self.chunkPatience)
    }

    /// Has every chunk split that a worker has had for too long.
    mutating func lookAtChunks(now: Nanoseconds) {
        chunkLookArmed = false
        var areSomeLeft = false
        for number in workers.indices where !workers[number].held.isEmpty && !workers[number].isGone {
            for index in workers[number].held.indices(in: tasks) where tasks[index].size > 1 {
                areSomeLeft = true
                guard tasks[index].state == .dispatched, now &- tasks[index].dispatchedAt >= Self.chunkPatience
                else { continue }
                actions.append(.split(tasks.id(at: index), workers[number].id))
            }
        }
        if areSomeLeft { armChunkLook(now: now) }
    }

    /// The shell has taken a chunk apart: so many of its tasks have their outcome, so many are submitted anew.
    package mutating func chunkSplit(_ id: TaskID, finished: Int, cancelled: Int = 0, returned: Int) {
        guard let index = tasks.index(of: id), tasks[index].state != .abandoned else { return }
        let left = Int(tasks[index].size) - finished - cancelled - returned
        invariant(min(finished, cancelled, returned) >= 0 && left >= 1, "a chunk is split into more than it has")
        tasks[index].size = UInt32(left)
        counters.received += finished
        counters.cancelled += cancelled
        counters.submitted -= returned
    }

    /// Whether the caller of the task, or of all tasks, has cancelled it.
    package func isCancelled(_ id: TaskID) -> Bool {
        guard !cancelsPending, let index = tasks.index(of: id) else { return true }
        return tasks[index].state == .cancelling
    }
}
