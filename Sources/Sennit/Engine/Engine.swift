/// The executor's decisions: which task runs where, what a death means, when a worker starts and ends.
///
/// A pure state machine. Events come in as mutating calls, each with the time; what is to be done comes out as
/// actions appended to a list. It takes no lock, reads no clock, does no input or output and draws no random
/// numbers, so a test can drive it through any history, and the same history always gives the same actions.
///
/// The files beside this one hold its events by concern: submitting and cancelling, dispatching, suspects,
/// completions, overdue tasks, workers' lives and deaths, timers, resizing and shutdown. README.md in this folder
/// lists the invariants.
package struct Engine: Sendable {
    package enum Phase: Sendable, Equatable {
        case running
        /// No more submissions; what is queued is finished first.
        case finishing
        /// Workers are ending.
        case stopping
        case terminated
    }

    package internal(set) var phase: Phase = .running
    package internal(set) var hasFailed = false
    /// Somebody has asked for all workers, and not all have been ready yet: those that fail to start are tried again
    /// though there may be no task for them.
    var isWantedWhole = false
    package internal(set) var limits: EngineLimits
    package internal(set) var tasks = TaskTable()
    package internal(set) var workers: ContiguousArray<WorkerRecord>
    /// How many workers the pool should have; places beyond it are emptied.
    package internal(set) var targetProcesses: Int
    package internal(set) var counters = EngineCounters()
    package internal(set) var actions: ContiguousArray<EngineAction> = []

    /// Tasks that wait for any worker; tasks bound by a key wait at their worker's place.
    package internal(set) var queue = PriorityQueues()
    package internal(set) var timers = TimerQueue()
    /// Someone was refused with `full` and has not been told of room since.
    package internal(set) var submissionsWaiting = false
    var queuedCount = 0
    /// Of the queued tasks, those that must run alone.
    var suspectsQueued = 0
    /// Workers being emptied for them.
    var reservations = 0
    /// Incarnations at places that a smaller pool gave up, so that none is ever used twice.
    var retiredIncarnations: ContiguousArray<UInt32> = []
    /// More timers than this and the stale ones are swept.
    var sweepThreshold = Engine.smallestSweepThreshold
    /// Whether a worker may start, after others could not.
    package internal(set) var starts: StartPolicy
    /// A worker has been ready: from then on failed starts do not fail the pool, unless `failsPoolOnStartFailure`.
    package internal(set) var hasBeenReady = false
    /// When the engine looks again whether it may start a worker; nil when it need not.
    var startTimer: Nanoseconds?
    var rebalanceArmed = false
    var rebalanceDelay = Engine.shortestRebalanceDelay
    var chunkLookArmed = false
    var cancelsPending = false

    static let smallestSweepThreshold = 1024

    package init(limits: EngineLimits) {
        self.limits = limits
        targetProcesses = limits.processes
        starts = StartPolicy(delay: limits.restartDelay, maximumDelay: limits.maximumRestartDelay)
        workers = []
        for number in 0..<limits.processes {
            workers.append(WorkerRecord(number: number, limits: limits))
        }
    }

    /// When the engine next wants `timeReached`, or nil.
    package var nextTimer: Nanoseconds? { timers.next }

    /// Tasks that wait for a worker; those that travel as one are counted one by one.
    package var queued: Int { queuedCount }

    /// Moves all waiting actions into the list, whose old contents are dropped and whose memory is used again.
    ///
    /// They are performed in order; performing one may feed the engine events that append more, for the next call.
    package mutating func takeActions(into list: inout ContiguousArray<EngineAction>) {
        swap(&actions, &list)
        actions.removeAll(keepingCapacity: true)
    }

    /// The place of a live incarnation, or nil for one that is gone.
    func place(of worker: WorkerID) -> Int? {
        guard worker.number < workers.count, workers[worker.number].incarnation == worker.incarnation,
            workers[worker.number].isAlive
        else { return nil }
        return worker.number
    }

    mutating func finish(_ index: Int, _ verdict: TaskVerdict) {
        actions.append(.finish(tasks.id(at: index), verdict))
        counters.count(verdict, Int(tasks[index].size))
    }

    mutating func addTimer(_ subject: TimerQueue.Subject, at time: Nanoseconds) {
        timers.add(subject, at: time)
        if timers.count > sweepThreshold { sweepTimers() }
    }
}

/// What has happened so far, in counts.
package struct EngineCounters: Sendable, Equatable {
    package var submitted = 0
    package var received = 0
    package var cancelled = 0
    package var timedOut = 0
    package var lostToDeaths = 0
    package var poisoned = 0
    package var refused = 0
    package var retried = 0
    package var workersStarted = 0
    package var startsFailed = 0
    package var workersDied = 0

    mutating func count(_ verdict: TaskVerdict, _ size: Int) {
        switch verdict {
        case .received: received += size
        case .cancelled: cancelled += size
        case .timedOut, .deadlinePassed: timedOut += size
        case .workerDied: lostToDeaths += size
        case .poisoned: poisoned += size
        case .poolFailed, .shutDown, .noWorker: refused += size
        }
    }

    /// Tasks that have ended, in whichever way.
    package var ended: Int { received + cancelled + timedOut + lostToDeaths + poisoned + refused }
}
