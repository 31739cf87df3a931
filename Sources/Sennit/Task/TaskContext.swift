/// What a running task can know about itself, and how it reports.
///
/// ```swift
/// TaskContext.current?.report(completed: 10, total: 100, message: "parsing")
/// ```
public struct TaskContext: Sendable {
    /// The context of the task that is running here, or nil outside a pool's task.
    @TaskLocal public static var current: TaskContext?

    /// The task's identifier in its pool; no other task has it.
    public let taskID: TaskID

    /// Which try this is, from one.
    public let attempt: Int

    /// The worker's place in its pool, from zero.
    public let workerNumber: Int

    /// The process that runs the task.
    public let processID: Int32

    /// The worker's thread that runs the task, from zero.
    public let threadNumber: Int

    /// What the caller gave in `TaskOptions.metadata`, such as a trace's context.
    public let metadata: [String: String]

    /// The monotonic time at which the attempt must be over, in nanoseconds; zero for none.
    package let deadlineNanoseconds: Nanoseconds

    package let thread: WorkerThreadState
    private let claimed: ClaimedSlot
    private let channel: WorkerChannel

    init(claimed: ClaimedSlot, metadata: [String: String], thread: WorkerThread, runtime: WorkerRuntime) {
        self.metadata = metadata
        taskID = TaskID(rawValue: claimed.taskID).task(thread.chunk?.number ?? 0)
        attempt = Int(claimed.attempt)
        workerNumber = runtime.settings.workerNumber
        processID = runtime.processID
        threadNumber = thread.number
        deadlineNanoseconds = claimed.deadline
        self.thread = thread.state
        self.claimed = claimed
        channel = runtime.channel
    }

    /// Whether the caller has cancelled the task, or its time is up.
    ///
    /// Also seen through `Task.isCancelled` and `Task.checkCancellation()`.
    public var isCancelled: Bool { Task.isCancelled }

    /// The time that is left until the attempt's timeout or the task's deadline, or nil when there is neither.
    ///
    /// Zero when it is over.
    public var remainingTime: Duration? {
        guard deadlineNanoseconds != 0 else { return nil }
        let now = channel.now()
        return .nanoseconds(deadlineNanoseconds > now ? Int64(clamping: deadlineNanoseconds - now) : 0)
    }

    /// Waits, holding the worker's thread; ends early with `CancellationError` when the task is cancelled.
    ///
    /// As `Task.sleep(for:)`, except that it takes no real time in a pool that is simulated by `SennitTesting`.
    ///
    /// - Parameter duration: How long.
    /// - Throws: `CancellationError`.
    public func sleep(for duration: Duration) async throws {
        guard let host = channel.host else { return try await Task.sleep(for: duration.asSleep, clock: .continuous) }
        try await host.sleep(for: duration)
    }

    /// Tells whoever watches the task how far it has come.
    ///
    /// Costs about a tenth of a microsecond and never waits. The latest report wins: when they come faster than they
    /// are read, older ones are dropped.
    public func report(_ progress: TaskProgress) {
        channel.publishProgress(
            claimed, completed: progress.completed, total: progress.total ?? -1, message: progress.message)
    }

    /// Tells whoever watches the task how far it has come; see `report(_:)`.
    public func report(completed: Int64, total: Int64? = nil, message: String = "") {
        channel.publishProgress(claimed, completed: completed, total: total ?? -1, message: message)
    }
}

/// What one thread of a worker keeps for the tasks that run on it.
package final class WorkerThreadState: @unchecked Sendable {
    // Written once by the thread itself before its first task, and read only by tasks on that thread.
    package var userState: Any?

    package init() {}
}
