public import Logging

/// How a pool behaves; every setting has a default.
public struct PoolOptions: Sendable {
    /// How worker processes come to be.
    public enum StartMethod: Sendable, Hashable {
        /// Each worker is this executable, started anew. Works everywhere and costs a few milliseconds.
        case spawn
        /// A small process is started once and forks each worker; a worker then costs well under a millisecond.
        /// Falls back to `spawn` where that cannot be done soundly.
        case zygote
    }

    /// When workers are started.
    public enum Startup: Sendable, Hashable {
        /// When there is work for them.
        case onDemand
        /// At once, and again at once after a death.
        case eager
    }

    /// What the death of a worker means for the pool.
    public enum DeathPolicy: Sendable, Hashable {
        /// Only the tasks that were running there are concerned; the worker is replaced.
        case failTasks
        /// Every task that has not ended fails, and the pool accepts no more.
        case failPool
    }

    /// What failed starts of workers mean for a pool that has been ready.
    ///
    /// A pool that has never been ready fails after ``PoolOptions/startAttempts`` under either policy.
    public enum StartFailurePolicy: Sendable, Hashable {
        /// The pool retries with growing pauses. Ready workers keep working, and each waiting task waits until its own
        /// deadline, or until the pool is shut down and the attempts that follow fail.
        case keepTrying
        /// As `keepTrying` while the pool has a worker. Without one, the pool fails after
        /// ``PoolOptions/startAttempts`` failed attempts in a row.
        case failPool
    }

    /// What becomes of a worker's standard error, beside the tail that errors carry.
    public enum StandardError: Sendable, Hashable {
        /// It appears on this process's standard error.
        case forward
        /// It is dropped.
        case discard
    }

    /// Whether waiting threads may spin for a few microseconds before they sleep.
    public enum Spinning: Sendable, Hashable {
        /// Where it pays, and never on a busy machine.
        case adaptive
        /// Never; a round trip then costs two wake-ups.
        case never
    }

    /// Whether large payloads travel through shared memory.
    public enum SharedMemory: Sendable, Hashable {
        /// Where it can be had, else over the control socket.
        case automatic
        /// Large payloads always travel over the control socket.
        case never
    }

    /// A name for threads, logs and metrics.
    public var name = "sennit"
    /// How worker processes come to be.
    public var startMethod = StartMethod.spawn
    /// When workers are started.
    public var startup = Startup.onDemand
    /// What the death of a worker means for the pool.
    public var onWorkerDeath = DeathPolicy.failTasks
    /// How often an idempotent task is tried again after deaths of its workers.
    public var retries = 3
    /// After this many deaths, the last of them alone in its worker, a task is failed as ``PoisonedTask``.
    public var poisonThreshold = 3
    /// After this many failed attempts in a row to start a worker, a pool that has never been ready fails.
    ///
    /// Workers that are being started when one of them fails count as one attempt together. A pool that is shut down
    /// makes as many attempts for its waiting tasks, and ``ProcessThreadPool/start()`` waits for as many.
    public var startAttempts = 3
    /// What failed starts mean for a pool that has been ready.
    public var onStartFailure = StartFailurePolicy.keepTrying
    /// How long a worker may take to be ready.
    public var startTimeout = Duration.seconds(30)
    /// The pause before a replacement starts, from the second death in a row on, and before the next attempt after a
    /// failed start; it doubles with each.
    ///
    /// After a failed start at least a millisecond.
    public var restartDelay = Duration.milliseconds(50)
    /// The longest such pause.
    public var maximumRestartDelay = Duration.seconds(10)
    /// How long the neighbours of an overdue task may take to end before its worker is killed.
    public var gracePeriod = Duration.seconds(5)
    /// How long an overdue task may take to notice its cancellation before its worker is killed.
    ///
    /// Until the task has returned, its worker takes no other.
    public var cancellationAllowance = Duration.milliseconds(5)
    /// How long a worker may take to end in its own time.
    public var stopTimeout = Duration.seconds(5)
    /// A worker is replaced when it has been given this many tasks; nil for never.
    ///
    /// From 16 on, workers differ by up to a sixteenth, so that they are not all replaced at once.
    public var maxTasksPerWorker: Int?
    /// A worker is replaced when its resident memory passes this many bytes; nil for never.
    ///
    /// It is looked at four times a second, so a worker can be above it for a while.
    public var maxMemoryPerWorker: Int?
    /// A worker with nothing to do for this long is ended; nil for never.
    public var idleTimeout: Duration?
    /// After this much silence from a worker with tasks it is asked for a sign of life.
    public var heartbeatInterval = Duration.seconds(2)
    /// A worker that gives no sign of life for this long after it was asked is killed.
    public var heartbeatTimeout = Duration.seconds(10)
    /// How many tasks may wait in the pool; submitting suspends while there are that many.
    public var maximumQueuedTasks = 1 << 20
    /// The largest argument or result, in bytes.
    public var maximumPayloadBytes = 1 << 30
    /// The stack of each worker thread, in bytes.
    ///
    /// Only what is used costs memory.
    public var threadStackBytes = 1 << 20
    /// What becomes of the workers' standard error.
    public var standardError = StandardError.forward
    /// How many bytes of a worker's standard error its death report carries.
    public var standardErrorTailBytes = 4096
    /// Whether a crashing worker prints a backtrace.
    ///
    /// It delays the report of the death by a good part of a second.
    public var crashBacktraces = false
    /// Variables that workers get on top of this process's environment.
    public var environment: [String: String] = [:]
    /// Another copy of this executable to start as workers; nil for this one.
    ///
    /// Its build must be the same.
    public var executable: String?
    /// Whether waiting threads may spin.
    public var spinning = Spinning.adaptive
    /// Whether large payloads travel through shared memory.
    public var sharedMemory = SharedMemory.automatic
    /// Where the pool logs starts, deaths and retries; nil for nowhere.
    public var logger: Logger?
    /// Whether the pool counts and times its tasks through swift-metrics, under labels that begin with `sennit_`.
    ///
    /// Off, it costs nothing. On, a task costs a few updates more in whichever library collects the metrics.
    public var metrics = false

    /// Makes options with the defaults.
    public init() {}
}
