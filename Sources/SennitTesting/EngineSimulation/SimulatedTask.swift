import Sennit

/// A task as the world knows it: what it does when it runs, and what has become of it.
struct SimulatedTask: Sendable {
    enum Behaviour: Sendable {
        case returns(after: Nanoseconds)
        /// Never ends by itself.
        case hangs
        /// Takes its worker with it.
        case poisons(after: Nanoseconds)
    }

    let specification: TaskSpecification
    let behaviour: Behaviour
    let heedsCancellation: Bool
    /// How many tasks travel as this one.
    var size: Int
    var id: TaskID?
    var starts = 0
    var verdict: TaskVerdict?
    var wasCancelled = false

    init(specification: TaskSpecification, behaviour: Behaviour, heedsCancellation: Bool) {
        self.specification = specification
        self.behaviour = behaviour
        self.heedsCancellation = heedsCancellation
        size = specification.size
    }

    /// A task that travelled with others, to be submitted alone; it does nothing remarkable.
    var alone: SimulatedTask {
        var specification = specification
        specification.size = 1
        return SimulatedTask(
            specification: specification, behaviour: .returns(after: 1000), heedsCancellation: heedsCancellation)
    }

    var isPoison: Bool {
        if case .poisons = behaviour { return true }
        return false
    }

    var isHanging: Bool {
        if case .hangs = behaviour { return true }
        return false
    }
}

/// A worker process as the world knows it: its slot table and its threads.
struct SimulatedWorker: Sendable {
    enum State: Sendable {
        case starting
        case ready
        /// Gone, and the parent has not noticed.
        case dead(beforeReady: Bool)
    }

    struct Slot: Sendable {
        enum State: Sendable {
            case pending
            case claimed(at: Nanoseconds)
            case completed(startedAt: Nanoseconds, ranFor: Nanoseconds)
        }

        let task: Int
        let id: TaskID
        let attempt: Int
        var state: State = .pending

        var isPending: Bool {
            if case .pending = state { return true }
            return false
        }

        var startedAt: Nanoseconds? {
            switch state {
            case .pending: nil
            case .claimed(let start): start
            case .completed(let start, _): start
            }
        }

        var isClaimed: Bool {
            if case .claimed = state { return true }
            return false
        }
    }

    let id: WorkerID
    var state: State = .starting
    /// Oldest first.
    var slots: [Slot] = []
    let startedAt: Nanoseconds
    /// Why the engine has ended it.
    var killReason: KillReason?
    /// Since when it owes a sign of life.
    var pingedAt: Nanoseconds?
    var isPaused = false
    var isFrozen = false
    var thawedAt: Nanoseconds?
    var isStopping = false
    var isNoticed = false
    /// Since when it has run, without a gap, tasks whose users already have their outcome.
    var overdueSince: Nanoseconds?
    /// What a frozen worker will do when it thaws.
    var deferred: [SimulationEvent] = []

    init(id: WorkerID, startedAt: Nanoseconds) {
        self.id = id
        self.startedAt = startedAt
    }

    var isReady: Bool {
        if case .ready = state { return true }
        return false
    }

    var isDead: Bool {
        if case .dead = state { return true }
        return false
    }

    var busyThreads: Int { slots.count { $0.isClaimed } }

    func slot(of id: TaskID) -> Int? { slots.firstIndex { $0.id == id } }
}
