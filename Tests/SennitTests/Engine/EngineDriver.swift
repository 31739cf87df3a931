import Sennit
import Testing

/// An engine and the obedient shell that a test wants around it: actions are kept for the test to look at.
struct EngineDriver {
    var engine: Engine
    var now: Nanoseconds = 1

    init(processes: Int = 1, threads: Int = 1, _ adjust: (inout EngineLimits) -> Void = { _ in }) {
        var limits = EngineLimits()
        limits.processes = processes
        limits.threadsPerProcess = threads
        limits.maximumPrefetch = 0
        limits.heartbeatInterval = 0
        adjust(&limits)
        engine = Engine(limits: limits)
    }

    static func worker(_ number: Int, _ incarnation: UInt32 = 1) -> WorkerID {
        WorkerID(number: number, incarnation: incarnation)
    }

    /// The actions asked for since the last call.
    mutating func actions() -> [EngineAction] {
        var list: ContiguousArray<EngineAction> = []
        engine.takeActions(into: &list)
        return Array(list)
    }

    /// Starts all workers, makes them ready and forgets the actions.
    mutating func becomeReady() {
        engine.startAll(now: now)
        for record in engine.workers { engine.workerReady(record.id, now: now) }
        _ = actions()
    }

    mutating func submit(_ adjust: (inout TaskSpecification) -> Void = { _ in }) throws -> TaskID {
        var specification = TaskSpecification()
        adjust(&specification)
        return try engine.submit(specification, now: now).get()
    }

    /// The worker that holds the task, by the engine's own book.
    func holder(_ id: TaskID) -> WorkerID? {
        guard let index = engine.tasks.index(of: id), engine.tasks[index].worker >= 0 else { return nil }
        return engine.workers[Int(engine.tasks[index].worker)].id
    }

    func state(_ number: Int = 0) -> WorkerRecord.State { engine.workers[number].state }

    mutating func complete(_ id: TaskID) {
        engine.taskCompleted(id, ranFor: 1000, now: now)
    }

    mutating func exit(_ worker: WorkerID, failedToStart: Bool = false) {
        engine.workerLost(worker, now: now)
        engine.workerExited(worker, failedToStart: failedToStart, now: now)
    }

    /// Lets virtual time pass, stopping at each timer.
    mutating func pass(_ duration: Nanoseconds) {
        let end = now + duration
        while let next = engine.nextTimer, next <= end {
            now = max(now, next)
            engine.timeReached(now)
        }
        now = end
    }
}

let millisecond: Nanoseconds = 1_000_000

extension [EngineAction] {
    var verdicts: [TaskVerdict] {
        compactMap { action in
            if case .finish(_, let verdict) = action { verdict } else { nil }
        }
    }

    var kills: [KillReason] {
        compactMap { action in
            if case .kill(_, let reason) = action { reason } else { nil }
        }
    }

    var starts: [WorkerID] {
        compactMap { action in
            if case .start(let worker) = action { worker } else { nil }
        }
    }

    var dispatched: [TaskID] {
        compactMap { action in
            if case .dispatch(let id, _, _) = action { id } else { nil }
        }
    }
}
