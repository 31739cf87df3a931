/// One place for a worker, and the life of the worker that holds it.
///
/// ```
/// vacant ──▶ starting ──▶ ready ◀──▶ draining ──▶ stopping ──▶ vacant
///   ▲           │            │          │            │
///   └─ waiting ◀┴── exited ◀─┴──────────┴── killed ◀─┘
/// ```
package struct WorkerRecord: Sendable {
    package enum State: Sendable, Equatable {
        /// No worker, and none wanted yet.
        case vacant
        /// No worker; the next one may start at this moment.
        case waiting(until: Nanoseconds)
        case starting
        case ready
        /// Takes no more work; stops when it holds none.
        case draining(DrainReason)
        /// Told to end; its exit is awaited.
        case stopping
        /// Killed; its exit is awaited.
        case killed(KillReason)
    }

    package let number: Int
    package var state: State = .vacant
    package var incarnation: UInt32 = 0
    package var window: CreditWindow
    package var restart: RestartPolicy
    /// Tasks in its slot table, oldest first.
    package var held = TaskList()
    /// Of these, tasks whose callers already have their outcome.
    package var abandoned = 0
    /// It may have to be killed soon, so it is paused and gets no new task.
    ///
    /// See `Engine+Holding`.
    package var isHeldBack = false
    /// It has owed a sign of life for longer than an interval.
    package var isSilent = false
    /// A task that must run alone is here.
    package var isExclusive = false
    /// It is being emptied for a task that must run alone; given up at this moment.
    package var reservedUntil: Nanoseconds?
    /// Its process has ended, and what its slot table still holds is being taken in.
    package var isGone = false
    /// When an overdue task's neighbours have had their time; nil without an overdue task.
    package var graceEndsAt: Nanoseconds?
    /// The worker is drained once it has been given so many tasks.
    package let taskLimit: Int
    /// Tasks given to this worker and not taken back.
    package var dispatched = 0
    /// Tasks bound to this place by their key.
    package var bound = PriorityQueues()
    package var startedAt: Nanoseconds = 0
    package var lastHeard: Nanoseconds = 0
    package var pingedAt: Nanoseconds?
    package var hasHeartbeatTimer = false
    package var idleSince: Nanoseconds = 0
    package var hasIdleTimer = false

    package init(number: Int, incarnation: UInt32 = 0, limits: EngineLimits) {
        self.number = number
        self.incarnation = incarnation
        taskLimit = limits.taskLimit(ofPlace: number)
        window = CreditWindow(threads: limits.threadsPerProcess, maximumPrefetch: limits.maximumPrefetch)
        restart = RestartPolicy(delay: limits.restartDelay, maximumDelay: limits.maximumRestartDelay)
    }

    package var id: WorkerID { WorkerID(number: number, incarnation: incarnation) }

    /// A process exists, or is being made.
    package var isAlive: Bool {
        switch state {
        case .vacant, .waiting: false
        case .starting, .ready, .draining, .stopping, .killed: true
        }
    }

    /// Takes work, as far as its life is concerned.
    package var isOpen: Bool {
        guard case .ready = state else { return false }
        return !isGone && !isExclusive && !isHeldBack
    }

    /// Takes tasks now, or soon.
    package var offersThreads: Bool { state == .starting || (state == .ready && !isHeldBack) }

    /// Is ready, or may be again, or has tasks to end.
    package var mayStillWork: Bool {
        switch state {
        case .ready, .draining: true
        case .vacant, .waiting, .starting, .stopping, .killed: false
        }
    }

    /// May be given another task now.
    package var hasCredit: Bool { isOpen && reservedUntil == nil && held.count < window.limit }

    /// Has a thread with nothing to do.
    package var hasIdleThread: Bool { isOpen && reservedUntil == nil && held.count < window.threads }

    /// Holds tasks that no thread of it has begun, and which can be taken back.
    package var hasSurplus: Bool {
        guard held.count > window.threads, !isGone else { return false }
        switch state {
        case .ready, .draining: return true
        case .vacant, .waiting, .starting, .stopping, .killed: return false
        }
    }

    /// Has ended a task in this incarnation.
    package var hasEndedTask: Bool { dispatched > held.count }
}
