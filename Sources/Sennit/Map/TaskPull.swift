/// Where the tasks of a map come from: one after the other, pulled in the iterating task.
struct TaskPull<Work: PoolTask> {
    /// Pulls without suspending, if the input can; else nil and `later` is used.
    let now: (() -> Work?)?
    let later: () async throws -> Work?

    /// Pulls from a sequence.
    init<Tasks: Sequence>(_ tasks: Tasks) where Tasks.Element == Work {
        var iterator = tasks.makeIterator()
        now = { iterator.next() }
        later = { nil }
    }

    /// Pulls from an asynchronous sequence.
    init<Tasks: AsyncSequence>(_ tasks: Tasks) where Tasks.Element == Work {
        var iterator = tasks.makeAsyncIterator()
        now = nil
        later = { try await iterator.next(isolation: nil) }
    }
}
