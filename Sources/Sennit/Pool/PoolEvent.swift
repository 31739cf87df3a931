/// Something that happened in a pool.
public enum PoolEvent: Sendable, Hashable {
    /// A worker process is being started.
    case workerStarting(WorkerID)
    /// A worker is ready for tasks.
    case workerReady(WorkerID, processID: Int32)
    /// A worker takes no more tasks and will end.
    case workerDraining(WorkerID, reason: String)
    /// A worker has ended.
    case workerEnded(WorkerID, processID: Int32, WorkerExitStatus, expected: Bool)
    /// A worker could not be started; the reason includes when the next attempt is made.
    case workerStartFailed(WorkerID, reason: String)
    /// A task has been handed to a worker.
    case taskDispatched(TaskID, WorkerID, attempt: Int)
    /// A task has told how far it has come.
    case taskProgressed(TaskID, TaskProgress)
    /// A task is tried again after the death of its worker.
    case taskRetried(TaskID, attempt: Int)
    /// A task has ended.
    case taskEnded(TaskID, TaskState)
    /// The pool has failed and accepts nothing more.
    case poolFailed(reason: String)
    /// The pool is empty and gone.
    case terminated
}

/// The counts of a pool at one moment.
public struct PoolStatistics: Sendable, Hashable {
    /// Workers that the pool should have.
    public var targetProcesses = 0
    /// Threads of each.
    public var threadsPerProcess = 0
    /// Workers that exist, in whichever state.
    public var liveWorkers = 0
    /// Workers that take tasks.
    public var readyWorkers = 0
    /// Tasks that wait for a worker.
    public var queuedTasks = 0
    /// Tasks that are in a worker.
    public var tasksInWorkers = 0
    /// Tasks accepted so far.
    public var submitted = 0
    /// Tasks whose outcome a worker sent, output or error.
    public var completed = 0
    /// Tasks cancelled.
    public var cancelled = 0
    /// Tasks that ran into their timeout or deadline.
    public var timedOut = 0
    /// Tasks that ended with the death of their worker.
    public var lostToDeaths = 0
    /// Tasks failed as poisoned.
    public var poisoned = 0
    /// Tries beyond the first.
    public var retried = 0
    /// Workers started so far.
    public var workersStarted = 0
    /// Workers that ended without being asked to.
    public var workersDied = 0
    /// Workers that ended before they were ready, or could not be started at all.
    public var failedStarts = 0
    /// Failed attempts to start a worker since a worker last became ready; zero if the last start succeeded.
    ///
    /// Workers that were being started when one of them failed count as one attempt. While it is not zero, workers are
    /// started one at a time, with a growing pause before each.
    public var failedStartAttemptsInARow = 0
    /// Why the last start failed; nil once a worker has become ready after it.
    public var lastStartFailure: String?
    /// Tasks given to each place so far.
    public var tasksPerWorker: [Int] = []
    /// The processes of the live workers, by place; nil where there is none.
    public var processIDs: [Int32?] = []

    /// Makes empty counts.
    public init() {}
}
