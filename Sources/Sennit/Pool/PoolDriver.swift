/// The outside world of a pool: time, and workers.
///
/// One driver runs real processes and threads; the one in `SennitTesting` runs simulated workers on a virtual clock.
package protocol PoolDriver: AnyObject, Sendable {
    /// Monotonic nanoseconds.
    func now() -> Nanoseconds

    /// Calls `timeReached` of the core at this moment or soon after; replaces what was asked before if it is earlier.
    func schedule(at time: Nanoseconds, for core: PoolCore)

    /// Starts a worker. Its link goes to `attach`; then `workerReady` or `workerExited` of the core follows.
    func start(_ worker: WorkerID, for core: PoolCore)

    /// The pool is empty and gone: let go of threads and everything else.
    func terminated(_ core: PoolCore)

    /// Takes in what has come from the workers, on the calling thread; to be called before a caller is suspended.
    ///
    /// With `mayWait` it may also go on looking for a few microseconds, until `isOver` says that the caller has what
    /// it wants.
    func look(in core: PoolCore, mayWait: Bool, until isOver: () -> Bool)

    /// What a caller had looked for in vain has come, after the caller was suspended.
    func lookedTooShort()

    /// Makes sure that a thread of the worker sees what has just been posted to it.
    func wake(_ link: WorkerLink)

    /// The time left until a moment that a caller named.
    func remainingTime(until deadline: ContinuousClock.Instant) -> Duration

    /// Waits on the driver's clock.
    func sleep(for duration: Duration) async throws

    /// Where Swift tasks run that the pool makes for itself; nil for the default.
    var executor: (any TaskExecutor)? { get }

    /// Hears of the pool's events as they happen; asked once.
    var listener: (any PoolListener)? { get }
}

/// The machine's own clock and executor.
extension PoolDriver {
    package func wake(_ link: WorkerLink) {
        if link.channel.needsWake() { link.channel.wake() }
    }

    package func remainingTime(until deadline: ContinuousClock.Instant) -> Duration { deadline - ContinuousClock.now }

    package func sleep(for duration: Duration) async throws {
        try await Task.sleep(for: duration.asSleep, clock: .continuous)
    }

    package func look(in core: PoolCore, mayWait: Bool, until isOver: () -> Bool) {}

    package func lookedTooShort() {}

    package var executor: (any TaskExecutor)? { nil }

    package var listener: (any PoolListener)? { nil }
}

/// The parent's way to one worker, beside the slot table.
package protocol WorkerControl: AnyObject, Sendable {
    var processID: Int32 { get }
    /// Whether the worker's segments are this process's own, so that their names do not tell who made them.
    var sharesSegments: Bool { get }
    /// Tells a running task that it is cancelled.
    func cancel(_ task: TaskID)
    /// Asks the worker to end when its threads are done.
    func stop()
    /// Ends the worker now, with everything it has started.
    func kill()
    /// Asks for a sign of life, which arrives as `workerHeard`.
    func ping()
    /// Makes a segment known to the worker, before a slot that names it is posted.
    func introduce(_ segment: SegmentReference, for use: SegmentUse) throws
    /// The segment that the worker has sent, pumping its socket if need be; nil when it has not.
    func segment(_ id: SegmentID) -> SegmentReference?
    /// A payload that the worker sent over its socket, whole; nil when it has not.
    func takeStream(_ id: UInt64) -> [UInt8]?
    /// A result that lay in a segment has been read, so the worker may let go of it.
    func resultWasRead(_ slot: SlotIndex, task: TaskID)
    /// Sends a payload that cannot go through shared memory; the worker waits for it.
    func stream(_ payload: PayloadBytes, id: UInt64)
    /// The task of a streamed payload has been taken back: nobody in the worker will ask for the payload.
    func withdrawStream(_ id: UInt64)
}

/// How a worker ended, as far as the parent could find out.
package struct ExitReport: Sendable {
    package var processID: Int32
    package var status: WorkerExitStatus
    package var standardErrorTail: String
    /// Set when the worker never became ready, with what it said about that.
    package var startFailure: (any Error)?
    package var failedToStart: Bool

    package init(
        processID: Int32, status: WorkerExitStatus, standardErrorTail: String = "", startFailure: (any Error)? = nil,
        failedToStart: Bool = false
    ) {
        self.processID = processID
        self.status = status
        self.standardErrorTail = standardErrorTail
        self.startFailure = startFailure
        self.failedToStart = failedToStart
    }
}
