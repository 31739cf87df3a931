package import Sennit

/// A history that the engine and a fake world make together, and what was wrong with it.
package struct SimulationFailure: Error, CustomStringConvertible {
    package let seed: UInt64
    package let time: Nanoseconds
    package let message: String

    package var description: String { "seed \(seed), \(Double(time) / 1_000_000) ms: \(message)" }
}

/// Runs the engine against a fake world: slot tables, threads, processes that start, die, freeze and fail, users who
/// submit, cancel, resize and shut down; in virtual time, with everything drawn from one seed.
///
/// After each step the world compares what the engine believes with what is so, and at the end it makes sure that
/// every task got exactly one outcome, a true one, and that nothing is left. The same seed gives the same history.
package struct EngineSimulation {
    package let seed: UInt64
    /// Every action the engine asked for, with its time; empty unless `recordsTrace`.
    package private(set) var trace: [(time: Nanoseconds, action: EngineAction)] = []
    package private(set) var steps = 0
    private let recordsTrace: Bool

    let plan: SimulationPlan
    var generator: SeededGenerator
    var engine: Engine
    var now: Nanoseconds = 1
    var agenda = SimulationAgenda()
    var tasks: [SimulatedTask] = []
    var taskIndices: [UInt64: Int] = [:]
    var waitingForRoom: [Int] = []
    /// Tasks that the engine has accepted, those that travel together one by one, without those it gave back.
    var submittedInAll = 0
    /// Tasks of a chunk have come back and are to be submitted again.
    var haveTasksReturned = false
    var workers: [SimulatedWorker?] = []
    /// Tasks that were running in the worker whose exit is being told.
    var runningAtExit: [TaskID] = []
    var isCalm = false
    var hasBeenReady = false
    var trouble: StartTrouble
    var wasShutDown = false
    var cancelsPending = false
    var wasKilled = false
    var isTerminated = false
    private var batch: ContiguousArray<EngineAction> = []

    package init(seed: UInt64, recordsTrace: Bool = false) {
        self.seed = seed
        self.recordsTrace = recordsTrace
        generator = SeededGenerator(seed: seed)
        plan = SimulationPlan(seed: seed, generator: &generator)
        engine = Engine(limits: plan.limits)
        trouble = StartTrouble(limits: plan.limits)
        for (time, event) in plan.events(generator: &generator) { agenda.add(event, at: 1 + time) }
    }

    /// Lives the whole history; throws at the first thing that is wrong.
    package mutating func run() throws(SimulationFailure) {
        if generator.oneIn(3) {
            engine.startAll(now: now)
            try performActions()
        }
        try live("tasks wait for ever") { $0.isCalm && $0.hasNothingToDo }
        try checkEverythingEnded()
        if !wasShutDown {
            let mode = generator.below(3)
            if mode == 2 { try happen(.killAll) } else { try happen(.shutDown(cancelPending: mode == 1)) }
        }
        try live("the pool does not terminate") { $0.isTerminated }
        try checkNothingLeft()
    }

    /// Virtual time within which a world without new faults must come to rest.
    private static let patience: Nanoseconds = 60_000_000_000
    private static let mostSteps = 200_000

    private var hasNothingToDo: Bool { engine.tasks.count == 0 && waitingForRoom.isEmpty }

    private mutating func live(
        _ complaint: String, until isOver: (borrowing EngineSimulation) -> Bool
    ) throws(SimulationFailure) {
        let end = max(now, plan.calm) + Self.patience
        while !isOver(self) {
            steps += 1
            let timer = engine.nextTimer
            guard let next = [agenda.nextTime, timer].compactMap({ $0 }).min(), next <= end, steps < Self.mostSteps
            else { throw failure(complaint) }
            if let timer, timer <= next {
                // The shell wakes a little late, as shells do.
                now = max(now, timer) + (generator.oneIn(4) ? generator.duration(upTo: 50_000) : 0)
                engine.timeReached(now)
                try performActions()
            } else if let (time, event) = agenda.pop() {
                now = max(now, time)
                try happen(event)
            }
            try checkState()
        }
    }

    func failure(_ message: String) -> SimulationFailure {
        SimulationFailure(seed: seed, time: now, message: message)
    }

    mutating func schedule(_ event: SimulationEvent, within longest: Nanoseconds) {
        agenda.add(event, at: now + generator.duration(upTo: longest))
    }

    /// Performs what the engine asks for, until it asks for nothing more.
    mutating func performActions() throws(SimulationFailure) {
        while true {
            var list = batch
            batch = []
            engine.takeActions(into: &list)
            if list.isEmpty {
                batch = list
                guard haveTasksReturned else { return }
                // The map that has them back submits them once the engine has been told everything.
                haveTasksReturned = false
                submitWaiting()
                continue
            }
            for action in list {
                if recordsTrace { trace.append((now, action)) }
                try perform(action)
            }
            batch = list
        }
    }
}
