internal import Sennit

/// What goes wrong in a simulation, and how slow it is; everything is drawn from the seed.
///
/// Probabilities go from 0 to 1. Times are simulated.
///
/// ```swift
/// var faults = SimulatedFaults()
/// faults.deathDuringTask = 0.1
/// faults.script = [.killWorkerOfTask(3)]
/// ```
public struct SimulatedFaults: Sendable, Hashable {
    /// A misfortune at a certain moment.
    ///
    /// Starts are counted from one over the whole pool; a task that is tried again starts again.
    public enum Scripted: Sendable, Hashable {
        /// The worker at this place, from zero, dies when the pool's nth task starts.
        case killWorker(Int, whenTaskStarts: Int)
        /// The worker in which the pool's nth task starts dies, the task with it.
        case killWorkerOfTask(Int)
        /// The pool's nth start of a worker fails.
        case failStart(Int)
    }

    /// That the start of a task is fatal for its worker, at once or within `deathDelay`.
    public var deathDuringTask = 0.0
    /// That a worker which has become idle dies within `deathDelay`, if it is idle still.
    public var deathWhileIdle = 0.0
    /// That a worker dies while it starts.
    public var deathDuringStart = 0.0
    /// That a worker cannot be started at all.
    public var startFailure = 0.0
    /// That a task holds its thread for some time before it begins, whatever its timeout and its cancellation say.
    public var overrun = 0.0
    /// The longest such time.
    public var longestOverrun = Duration.seconds(10)
    /// The longest time from the event that kills a worker to its death.
    public var deathDelay = Duration.milliseconds(10)
    /// After so many deaths and failed starts there are no more, but for scripted ones; nil for no end.
    public var mostFaults: Int?
    /// How long a worker takes to start.
    public var startDelay = Duration.milliseconds(1)...Duration.milliseconds(20)
    /// How long news takes between the pool and a worker, either way.
    public var messageDelay = Duration.zero...Duration.microseconds(100)
    /// What happens at certain moments, whatever the seed.
    public var script: [Scripted] = []

    /// Nothing goes wrong; starts and messages take a little time.
    public init() {}

    /// A bit of everything, as often as a pool can be expected to live with it.
    public static var rough: SimulatedFaults {
        var faults = SimulatedFaults()
        faults.deathDuringTask = 0.03
        faults.deathWhileIdle = 0.02
        faults.deathDuringStart = 0.05
        faults.startFailure = 0.03
        faults.overrun = 0.02
        faults.messageDelay = .zero ... .milliseconds(2)
        return faults
    }
}

/// Draws the faults of one simulation.
struct FaultSource {
    let faults: SimulatedFaults
    private var generator: SeededGenerator
    private var taskCount = 0
    private var workerCount = 0
    private var count = 0

    /// What the start of a task brings about.
    struct TaskFate {
        /// The worker dies after this time; zero is before the task has begun.
        var deathDelay: Nanoseconds?
        /// The task begins so much later.
        var overrun: Nanoseconds?
        /// Other places whose workers die now.
        var victims: [Int] = []
    }

    init(_ faults: SimulatedFaults, seed: UInt64) {
        self.faults = faults
        generator = SeededGenerator(seed: seed ^ 0x4641_554C_5453)
    }

    mutating func taskFate(in place: Int) -> TaskFate {
        taskCount += 1
        var fate = TaskFate()
        if fault(faults.deathDuringTask) {
            fate.deathDelay = generator.oneIn(3) ? 0 : delay(upTo: faults.deathDelay)
        }
        if chance(faults.overrun) { fate.overrun = 1 + delay(upTo: faults.longestOverrun) }
        for line in faults.script {
            switch line {
            case .killWorker(let victim, whenTaskStarts: taskCount):
                if victim == place { fate.deathDelay = 0 } else { fate.victims.append(victim) }
            case .killWorkerOfTask(taskCount): fate.deathDelay = 0
            default: break
            }
        }
        return fate
    }

    /// The time that a start takes, and whether it fails.
    mutating func startFate() -> (time: Nanoseconds, fails: Bool, dies: Bool) {
        workerCount += 1
        let isScripted = faults.script.contains(.failStart(workerCount))
        let time = draw(faults.startDelay)
        let fails = isScripted || fault(faults.startFailure)
        return (time, fails, !fails && fault(faults.deathDuringStart))
    }

    /// When a worker that has just become idle dies, if it does.
    mutating func idleDeath() -> Nanoseconds? {
        fault(faults.deathWhileIdle) ? delay(upTo: faults.deathDelay) : nil
    }

    mutating func messageDelay() -> Nanoseconds { draw(faults.messageDelay) }

    mutating func delay(upTo longest: Duration) -> Nanoseconds {
        generator.duration(upTo: longest.clampedNanoseconds)
    }

    private mutating func draw(_ range: ClosedRange<Duration>) -> Nanoseconds {
        let lowest = range.lowerBound.clampedNanoseconds
        return lowest + generator.duration(upTo: range.upperBound.clampedNanoseconds - lowest)
    }

    private mutating func chance(_ probability: Double) -> Bool {
        probability > 0 && Double.random(in: 0..<1, using: &generator) < probability
    }

    private mutating func fault(_ probability: Double) -> Bool {
        guard count < faults.mostFaults ?? .max, chance(probability) else { return false }
        count += 1
        return true
    }
}
