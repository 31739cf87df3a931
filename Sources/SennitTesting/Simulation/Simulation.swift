public import Sennit
internal import Synchronization

/// The simulation that a task belongs to: its clock, its history, and ways to do harm.
public final class Simulation: Sendable {
    /// The simulation of the calling Swift task, or nil outside of one.
    ///
    /// Pool tasks have it too.
    @TaskLocal public static var current: Simulation?

    /// What every choice is drawn from: the same seed gives the same history.
    public let seed: UInt64

    /// The simulation's time.
    public let clock: SimulatedClock

    let time: SimulatedTime
    let jobs: SeededExecutor
    let driver: SimulatedDriver
    private let record = Mutex(History())

    private struct History: ~Copyable {
        var entries: [SimulationEntry] = []
        var dropped = 0
    }

    init(seed: UInt64, faults: SimulatedFaults, settings: WorkerSettings) throws {
        self.seed = seed
        time = SimulatedTime(seed: seed)
        clock = SimulatedClock(time)
        jobs = SeededExecutor(seed: seed)
        driver = try SimulatedDriver(
            seed: seed, faults: faults, settings: settings, time: time, jobs: jobs, clock: clock)
        driver.connect(to: self)
    }

    /// Where everything in the simulation runs, on one thread.
    ///
    /// Child tasks are there by themselves. Give it to the others, lest they run beside the simulation:
    /// `Task(executorPreference: simulation.executor) { … }`.
    public var executor: any TaskExecutor { jobs }

    /// What has happened so far, the oldest first; at most the last hundred thousand entries.
    public var history: [SimulationEntry] { record.withLock { $0.entries } }

    /// Steps of Swift tasks so far.
    public var steps: Int { jobs.steps }

    /// How often something from outside took part, as a task that runs beside the simulation does by each result.
    ///
    /// More than none means that the seed alone does not say what happens.
    public var disturbances: Int {
        // The first job of all comes from whoever began the simulation.
        max(0, jobs.outsideJobs - 1)
    }

    /// Kills the worker at a place of the pool, from zero, as by SIGKILL; does nothing when there is none.
    public func killWorker(at place: Int) { driver.strike(place) }

    private static let longestHistory = 100_000

    func note(_ event: SimulatedEvent) {
        let entry = SimulationEntry(time: clock.now.offset, event: event)
        record.withLock { history in
            if history.entries.count >= 2 * Self.longestHistory { history.entries.removeFirst(Self.longestHistory) }
            history.entries.append(entry)
        }
    }
}

/// One thing that happened in a simulation, and when.
public struct SimulationEntry: Sendable, Hashable, CustomStringConvertible {
    /// The time since the simulation began.
    public let time: Duration
    /// What happened.
    public let event: SimulatedEvent

    /// Time and event in one line.
    public var description: String { "\(time) \(event)" }
}

/// What can happen in a simulation.
public enum SimulatedEvent: Sendable, Hashable {
    /// Something that the pool reports.
    case pool(PoolEvent)
    /// A task starts in a worker.
    case taskStarted(TaskID, WorkerID, attempt: Int)
    /// A worker dies.
    case workerDied(WorkerID, WorkerExitStatus)
}

/// A simulation could not go on.
public struct SimulationError: Error, Sendable, CustomStringConvertible {
    /// What kept it.
    public enum Cause: Sendable, Hashable {
        /// Something is awaited, but nothing can run, and nobody sleeps until a moment that comes.
        case deadlock
        /// It takes steps without end.
        case endless
        /// Its thread could not be started.
        case noThread
    }

    /// What kept it.
    public let cause: Cause
    /// The seed that leads there again.
    public let seed: UInt64
    /// When it happened, since the simulation began.
    public let time: Duration
    /// Swift tasks that slept for ever: until a moment more than a century after the simulation's beginning.
    public let endlessSleepers: Int
    /// The pool's counts at that moment.
    public let statistics: PoolStatistics
    /// What happened last.
    public let history: [SimulationEntry]

    /// The cause, the seed, the time and the last events.
    public var description: String {
        let reason =
            switch cause {
            case .deadlock where endlessSleepers > 0:
                "Deadlock: nothing can run, and what sleeps does so for ever. Simulated time ends after a century; "
                    + "\(endlessSleepers) Swift task\(endlessSleepers == 1 ? "" : "s") would sleep on after that."
            case .deadlock:
                "Deadlock: something is awaited, but nothing can run and nobody sleeps. What runs outside of the "
                    + "simulation (a plain Task, the main actor, a real clock) does not count."
            case .endless: "The simulation takes steps without end."
            case .noThread: "The simulation's thread could not be started."
            }
        let counts = "\(statistics.queuedTasks) tasks queued, \(statistics.tasksInWorkers) in workers"
        let events = history.map { "\n  \($0)" }.joined()
        return "\(reason) Seed \(seed), after \(time) of simulated time; \(counts).\(events)"
    }
}
