/// The settings of the engine, in its own units: nanoseconds, counts and bytes.
package struct EngineLimits: Sendable {
    package var processes = 1
    package var threadsPerProcess = 1
    package var maximumQueuedTasks = 1 << 20
    package var maximumPrefetch = 256
    package var retries = 3
    package var poisonThreshold = 3
    package var startAttempts = 3
    package var startTimeout: Nanoseconds = 30_000_000_000
    package var restartDelay: Nanoseconds = 50_000_000
    package var maximumRestartDelay: Nanoseconds = 10_000_000_000
    package var gracePeriod: Nanoseconds = 5_000_000_000
    /// How long an overdue task that is alone in its worker may take to notice its cancellation.
    package var cancellationAllowance: Nanoseconds = 5_000_000
    package var stopTimeout: Nanoseconds = 5_000_000_000
    package var maximumTasksPerWorker = Int.max
    package var maximumMemoryPerWorker = UInt64.max
    package var idleTimeout: Nanoseconds?
    package var heartbeatInterval: Nanoseconds = 2_000_000_000
    package var heartbeatTimeout: Nanoseconds = 10_000_000_000
    package var failsPoolOnDeath = false
    /// After `startAttempts` a pool without a worker fails, though it has been ready before.
    package var failsPoolOnStartFailure = false
    package var startsEagerly = false

    package init() {}

    /// How many tasks a worker in this place may be given.
    ///
    /// Up to a sixteenth below the setting, and never the same for neighbours, so that workers which started together
    /// are not replaced together. Multiples of the golden ratio spread any number of places evenly.
    package func taskLimit(ofPlace number: Int) -> Int {
        let fraction = UInt64(clamping: number) &* 0x9E37_79B9_7F4A_7C15
        let spread = UInt64(clamping: maximumTasksPerWorker / 16)
        return maximumTasksPerWorker - Int(fraction.multipliedFullWidth(by: spread + 1).high)
    }
}

/// What a caller says of one task when it submits it.
package struct TaskSpecification: Sendable {
    package var priority: TaskOptions.Priority = .normal
    package var keyHash: UInt64?
    package var isIdempotent = false
    package var retries = 0
    /// Time that one attempt may run, counted from its start in the worker; zero for no limit.
    package var timeout: Nanoseconds = 0
    /// The moment after which nobody wants the task any more; zero for none.
    package var deadline: Nanoseconds = 0
    /// How long a running task may ignore its cancellation before its worker is killed; nil for ever.
    package var killAfterCancellation: Nanoseconds?
    /// How many tasks of a map travel together as this one, at least one; see `Engine+Chunks`.
    package var size = 1

    package init() {}
}
