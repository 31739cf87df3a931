internal import Sennit
internal import Synchronization

/// Gives a pool simulated workers and simulated time.
final class SimulatedDriver: PoolDriver, PoolListener {
    let settings: WorkerSettings
    let time: SimulatedTime
    let jobs: SeededExecutor
    let layout: ChannelLayout
    let doorbell: DoorbellButton
    // Kept for its memory, which the button rings in.
    private let bell: Doorbell
    private let clock: SimulatedClock

    private struct State: ~Copyable {
        var faults: FaultSource
        var workers: [Int: SimulatedProcess] = [:]
        var armed = Nanoseconds.max
        var nextProcessID: Int32 = 1001
    }

    private let state: Mutex<State>
    private let owner = WeakSimulation()

    init(
        seed: UInt64, faults: SimulatedFaults, settings: WorkerSettings, time: SimulatedTime, jobs: SeededExecutor,
        clock: SimulatedClock
    ) throws {
        self.settings = settings
        self.time = time
        self.jobs = jobs
        self.clock = clock
        state = Mutex(State(faults: FaultSource(faults, seed: seed)))
        layout = try ChannelLayout(
            slotCount: 2 * (settings.threads + EngineLimits().maximumPrefetch), typeTableBytes: 1 << 14,
            requestArenaBytes: 1 << 18, responseArenaBytes: 1 << 18)
        let memory = try SharedRegion(PrivateMemory(byteCount: Doorbell.byteCount))
        bell = try Doorbell(region: memory)
        doorbell = try DoorbellButton(region: memory)
    }

    func connect(to simulation: Simulation) { owner.set(simulation) }

    var simulation: Simulation? { owner.value }

    func draw<Value>(_ body: (inout FaultSource) -> Value) -> Value { state.withLock { body(&$0.faults) } }

    /// Calls back after as long as a message takes.
    func send(_ message: @escaping @Sendable () -> Void) {
        time.call(after: draw { $0.messageDelay() }, message)
    }

    // MARK: Driver

    func now() -> Nanoseconds { time.now }

    func schedule(at moment: Nanoseconds, for core: PoolCore) {
        let isEarlier = state.withLock { state in
            guard moment < state.armed else { return false }
            state.armed = moment
            return true
        }
        guard isEarlier else { return }
        let now = time.now
        time.call(after: moment > now ? moment - now : 0) { [self] in
            let isCurrent = state.withLock { state in
                guard state.armed == moment else { return false }
                state.armed = .max
                return true
            }
            if isCurrent { core.timeReached() }
        }
    }

    func start(_ worker: WorkerID, for core: PoolCore) {
        let (fate, processID) = state.withLock { state in
            defer { state.nextProcessID += 1 }
            return (state.faults.startFate(), state.nextProcessID)
        }
        guard !fate.fails else {
            time.call(after: fate.time) {
                let failure = PoolError(.startFailed, "The simulation let the start of worker \(worker) fail.")
                core.workerExited(
                    worker, ExitReport(processID: 0, status: .unknown, startFailure: failure, failedToStart: true))
            }
            return
        }
        // The process is there at once, as after a fork; being ready takes it some time.
        time.call(after: 0) { [self] in
            do {
                let simulated = try SimulatedProcess(worker, processID: processID, driver: self, core: core)
                state.withLock { $0.workers[worker.number] = simulated }
                simulated.begin(readyAfter: fate.time, dies: fate.dies)
            } catch {
                core.workerExited(
                    worker, ExitReport(processID: 0, status: .unknown, startFailure: error, failedToStart: true))
            }
        }
    }

    func wake(_ link: WorkerLink) {
        send { (link.control as? SimulatedProcess)?.work() }
    }

    func terminated(_ core: PoolCore) { state.withLock { $0.workers = [:] } }

    func remainingTime(until deadline: ContinuousClock.Instant) -> Duration { clock.remainingTime(until: deadline) }

    func sleep(for duration: Duration) async throws {
        try await time.sleep(until: time.now &+ duration.clampedNanoseconds)
    }

    var executor: (any TaskExecutor)? { jobs }

    var listener: (any PoolListener)? { self }

    // MARK: Events

    var hearsOfTasks: Bool { true }

    func hear(_ event: PoolEvent) { simulation?.note(.pool(event)) }

    /// Kills the worker at a place.
    func strike(_ place: Int) {
        state.withLock { $0.workers[place] }?.kill()
    }

    /// The worker is gone for good.
    func forget(_ worker: SimulatedProcess) {
        state.withLock { state in
            if state.workers[worker.id.number] === worker { state.workers[worker.id.number] = nil }
        }
    }
}

/// The simulation that owns a driver, which it must not keep alive.
private final class WeakSimulation: Sendable {
    private struct Box {
        weak var simulation: Simulation?
    }

    private let box = Mutex(Box())

    var value: Simulation? { box.withLock { $0.simulation } }

    func set(_ simulation: Simulation) { box.withLock { $0.simulation = simulation } }
}
