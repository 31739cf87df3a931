/// What may be said of one task beyond its arguments.
///
/// A task type gives its defaults by `PoolTask.options`; a caller may pass others when it submits.
public struct TaskOptions: Sendable {
    /// How urgent a task is: a more urgent one is handed to a worker before every less urgent one that waits.
    ///
    /// A steady stream of urgent tasks can keep the others waiting for ever; nothing ages.
    public enum Priority: UInt8, Sendable, Comparable, CaseIterable {
        /// Runs when nothing else waits.
        case low
        /// The default.
        case normal
        /// Runs before everything else that waits.
        case high

        /// Whether the left priority is less urgent than the right one.
        public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    /// What happens to a running task whose caller cancels it.
    public enum Cancellation: Sendable, Hashable {
        /// The task's own Swift task is cancelled, and the caller waits until it has ended.
        case cooperative
        /// As `cooperative`, but a task that still runs after this time ends with its worker process, which takes no
        /// other task meanwhile.
        case killAfter(Duration)
    }

    /// How urgent the task is.
    public var priority: Priority

    /// Sends tasks with equal keys to the same worker process, for state that lives there.
    ///
    /// A promise about placing, not about order or exclusion: with several threads such tasks run side by side. When
    /// the worker dies, its replacement gets the key; when the pool is resized, a few keys move.
    public var key: String?

    /// How long one attempt may run, from its start in the worker.
    ///
    /// Past it the caller gets ``TaskTimedOut`` and a task that does not return ends with its worker.
    public var timeout: Duration?

    /// The moment after which nobody wants the task, waiting time included.
    public var deadline: ContinuousClock.Instant?

    /// Whether the task may be run again when its worker dies; nil takes the answer of the task's type.
    public var isIdempotent: Bool?

    /// How often an idempotent task may be tried again; nil takes the pool's setting.
    public var retries: Int?

    /// What a cancellation does to the task when it already runs.
    public var cancellation: Cancellation

    /// What travels beside the arguments, such as a trace's context; the task reads it in `TaskContext.metadata`.
    ///
    /// Counts toward `PoolOptions.maximumPayloadBytes`.
    public var metadata: [String: String]

    /// Makes options; everything not given is left to the task type and the pool.
    public init(
        priority: Priority = .normal,
        key: String? = nil,
        timeout: Duration? = nil,
        deadline: ContinuousClock.Instant? = nil,
        isIdempotent: Bool? = nil,
        retries: Int? = nil,
        cancellation: Cancellation = .cooperative,
        metadata: [String: String] = [:]
    ) {
        self.priority = priority
        self.key = key
        self.timeout = timeout
        self.deadline = deadline
        self.isIdempotent = isIdempotent
        self.retries = retries
        self.cancellation = cancellation
        self.metadata = metadata
    }
}
