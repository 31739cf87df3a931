/// One place for a worker, and the life of the worker that holds it.
///
/// ```
/// vacant ──▶ starting ──▶ ready ──▶ draining ──▶ stopping ──▶ vacant
///   ▲           │            │          │            │
///   └─ waiting ◀┴── dead ◀───┴──────────┴────────────┘
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
    /// A task that must run alone is here.
    package var isExclusive = false
    package var dispatched = 0
    /// Tasks bound to this place by their key.
    package var bound = PriorityQueues()
    package var lastHeard: Nanoseconds = 0
    package var pingedAt: Nanoseconds?
    package var hasHeartbeatTimer = false
    package var idleSince: Nanoseconds = 0

    package init(number: Int, limits: EngineLimits) {
        self.number = number
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

    /// May be given another task now.
    package var hasCredit: Bool { state == .ready && !isExclusive && held.count < window.limit }

    /// Holds tasks that no thread of it has begun.
    package var hasSurplus: Bool { held.count > window.threads }

    /// Has a thread with nothing to do.
    package var hasIdleThread: Bool { state == .ready && !isExclusive && held.count < window.threads }
}
