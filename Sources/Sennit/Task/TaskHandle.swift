/// A submitted task: wait for it, watch it, cancel it.
///
/// Dropping the handle changes nothing for the task. The output is decoded anew by each `value` and `result`.
public struct TaskHandle<Output: Codable & Sendable>: Sendable {
    private let pending: PendingTask
    private let core: PoolCore
    // The pool's workers live as long as anybody can still ask for this task.
    private let lifetime: PoolLifetime

    init(_ pending: PendingTask, _ core: PoolCore, _ lifetime: PoolLifetime) {
        self.pending = pending
        self.core = core
        self.lifetime = lifetime
    }

    /// The task's identifier in its pool.
    public var id: TaskID { pending.id }

    /// Where the task stands.
    public var state: TaskState { pending.state }

    /// The output, when the task has ended.
    ///
    /// A cancellation of the waiting Swift task ends the wait with `CancellationError` and leaves the task alone.
    ///
    /// - Throws: As `ProcessThreadPool.run`.
    public var value: Output {
        get async throws {
            if !pending.isFinished {
                let isAlone = core.tasksInFlight == 1
                core.driver.look(in: core, mayWait: isAlone) { pending.isFinished }
                try await pending.waitUnlessCancelled()
            }
            return try TaskResult.decode(pending.outcome, as: Output.self)
        }
    }

    /// The output or the error, when the task has ended; waits as `value` does.
    public var result: Result<Output, any Error> {
        get async {
            do { return .success(try await value) } catch { return .failure(error) }
        }
    }

    /// The output, waiting for at most this time.
    ///
    /// - Parameter limit: How long to wait.
    /// - Returns: The output.
    /// - Throws: ``PoolError`` with `timedOutWaiting` when the time is up; the task goes on, and the handle stays good.
    public func value(within limit: Duration) async throws -> Output {
        if !pending.isFinished {
            try await TimeLimit.run(limit, by: core.driver) { try await pending.waitUnlessCancelled() }
        }
        return try TaskResult.decode(pending.outcome, as: Output.self)
    }

    /// The output or the error if the task has ended, else nil.
    ///
    /// Never waits.
    public var resultIfEnded: Result<Output, any Error>? {
        guard let outcome = pending.outcome else { return nil }
        return Result { try TaskResult.decode(outcome, as: Output.self) }
    }

    /// Ends the task early: at once if it has not started, else by cancelling it in its worker.
    ///
    /// Cancelling again, or a task that has ended, does nothing.
    public func cancel() { core.cancel(pending) }

    /// Ends the task even if it ignores its cancellation, by ending its worker process.
    ///
    /// The caller sees `CancellationError` at once. The worker's other tasks get the pool's grace period to end.
    public func kill() { core.kill(pending) }

    /// What the task reports, from its latest report on; ends with the task.
    ///
    /// Each use makes a stream of its own. It keeps only the newest report for a slow reader.
    public var progress: AsyncStream<TaskProgress> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: TaskProgress.self, bufferingPolicy: .bufferingNewest(1))
        let pending = pending
        let token = pending.watchProgress { progress in
            if let progress { continuation.yield(progress) } else { continuation.finish() }
        }
        continuation.onTermination = { _ in pending.unwatchProgress(token) }
        return stream
    }

    /// The latest report, if there was one.
    public var latestProgress: TaskProgress? { pending.latestProgress }

    /// Calls back when the task has ended, at once if it has.
    ///
    /// Callbacks run in the order in which they were added, in a Swift task of their own; they may use the pool.
    ///
    /// - Parameter callback: Gets the output or the error.
    public func onEnd(_ callback: @escaping @Sendable (Result<Output, any Error>) -> Void) {
        let pending = pending
        pending.whenEnded(on: core.driver.executor) {
            callback(Result { try TaskResult.decode(pending.outcome, as: Output.self) })
        }
    }

    package var task: PendingTask { pending }
    package var driver: any PoolDriver { core.driver }
}
