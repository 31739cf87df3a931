/// What the engine asks of its shell.
///
/// `dispatch`, `revoke`, `split`, `pause` and `resume` are memory operations: the shell performs them in order and
/// feeds their answers at once, before any other event. Everything else may be performed later, but in order.
package enum EngineAction: Sendable, Equatable {
    /// Put the task into the worker's slot table.
    case dispatch(TaskID, WorkerID, attempt: Int)
    /// Take the task back if it has not started.
    ///
    /// Answer with `taskRevoked`, else with `revocationRefused`: the slot was claimed or has completed. Of a chunk that
    /// was claimed, what has not started is taken back as by `split`.
    case revoke(TaskID, WorkerID)
    /// The chunk has run for long: take back those of its tasks that have not started.
    ///
    /// Answer with `chunkSplit`, or not at all if there are none, or the worker has not begun the chunk.
    case split(TaskID, WorkerID)
    /// Take back everything that has not started, and let the worker start nothing more until `resume`.
    ///
    /// Answer with `taskRevoked` for each task taken back, and with nothing for the others; a chunk is split.
    case pause(WorkerID)
    /// Let a paused worker take work again.
    case resume(WorkerID)
    /// Tell the running task that it is cancelled.
    case cancelRunning(TaskID, WorkerID)
    /// Look when the task started; answer with `startObserved`, or not at all if it has completed.
    case observeStart(TaskID, WorkerID)
    /// The task has ended; give its outcome to whoever waits. Each task gets exactly one.
    case finish(TaskID, TaskVerdict)
    /// The task's slot holds nothing any more: a task that had already been given its outcome has left its worker.
    case discard(TaskID)
    /// Start a worker.
    case start(WorkerID)
    /// Ask the worker to end in its own time.
    case stop(WorkerID)
    /// End the worker now.
    case kill(WorkerID, KillReason)
    /// Ask the worker for a sign of life.
    case ping(WorkerID)
    /// A worker slot changed; an observer may want to know.
    case report(EngineReport)
    /// There is room again: submit for those who wait, oldest first, until one is refused with `full` or none is left.
    case admit
    /// Every worker is gone and nothing more will happen.
    case terminated
}

/// How a task ended, as far as the engine decides it.
package enum TaskVerdict: Sendable, Equatable {
    /// The worker sent an outcome; the shell holds it.
    case received
    /// Removed before it started, or ended after it was told to stop.
    case cancelled
    /// Its attempt ran longer than it may.
    case timedOut(limit: Nanoseconds, started: Bool)
    /// Its deadline passed.
    case deadlinePassed(started: Bool)
    /// Its worker died and the task may not be tried again.
    case workerDied(WorkerID, attempt: Int, neighbours: Int)
    /// It killed too many workers.
    case poisoned(WorkerID, deaths: Int)
    /// The pool has failed.
    case poolFailed
    /// The pool was shut down before the task could run.
    case shutDown
    /// The pool was being shut down, and no worker could be started for the task.
    case noWorker
}

/// Why the engine ends a worker.
package enum KillReason: Sendable, Equatable {
    case taskOverdue(TaskID)
    case taskKilled(TaskID)
    case unresponsive
    case startTimedOut
    case stopTimedOut
    case poolKilled
}

extension KillReason: CustomStringConvertible {
    /// The reason as a sentence, for errors.
    package var description: String {
        switch self {
        case .taskOverdue(let id): "The pool ended it, because task \(id) ran longer than it may."
        case .taskKilled(let id): "The pool ended it, because task \(id) was to be killed."
        case .unresponsive: "The pool ended it, because it gave no sign of life."
        case .startTimedOut: "The pool ended it, because it was not ready in time."
        case .stopTimedOut: "The pool ended it, because it did not end in time by itself."
        case .poolKilled: "The pool ended it, because the pool itself was being ended."
        }
    }
}

/// What the engine tells observers.
package enum EngineReport: Sendable, Equatable {
    case workerDraining(WorkerID, DrainReason)
    case taskRetried(TaskID, attempt: Int)
    case poolFailed
}

/// Why a worker takes no more work.
package enum DrainReason: Sendable, Equatable {
    case taskLimit
    case memoryLimit(UInt64)
    /// It has no descriptor or no memory left for what it is sent.
    case shortage
    case overdueTask
    case resized
    case idle
    case shutdown
}
