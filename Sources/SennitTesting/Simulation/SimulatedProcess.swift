internal import Sennit
internal import Synchronization

/// A worker without a process and without threads: the real channel and the real task runner, on the simulation's
/// thread.
final class SimulatedProcess: SimulatedHost, WorkerControl, WorkerSurroundings {
    let id: WorkerID
    let processID: Int32
    var sharesSegments: Bool { true }
    let driver: SimulatedDriver
    let core: PoolCore

    private struct State: ~Copyable {
        var isAlive = true
        var isReady = false
        var isStopping = false
        var isSayingGoodbye = false
        var link: WorkerLink?
        var runtime: WorkerRuntime?
        var startFailure: (any Error)?
        /// Numbers of the threads with nothing to do.
        var idle: [Int] = []
        var running: [UInt64: RunningTask] = [:]
        var tasksStarted = 0
        var isDrainComing = false
    }

    private struct RunningTask {
        var task: Task<Void, Never>?
        /// The sleep by which it overruns.
        var overrun: UInt64?
    }

    private let state = Mutex(State())
    private let payloads = LocalPayloads()

    init(_ id: WorkerID, processID: Int32, driver: SimulatedDriver, core: PoolCore) throws {
        self.id = id
        self.processID = processID
        self.driver = driver
        self.core = core
        let region = try SharedRegion(PrivateMemory(byteCount: driver.layout.totalBytes))
        let channel = try ParentChannel(layout: driver.layout, region: region)
        let ownEnd = try WorkerChannel(
            region: region, doorbell: driver.doorbell, threadCount: driver.settings.threads, processorCount: 1,
            host: self)
        var settings = driver.settings
        settings.workerNumber = id.number
        let runtime = WorkerRuntime(channel: ownEnd, settings: settings, surroundings: self, processID: processID)
        let link = WorkerLink(worker: id, channel: channel, control: self, policy: settings.policy)
        state.withLock { state in
            state.runtime = runtime
            state.link = link
            state.idle = Array((0..<settings.threads).reversed())
        }
    }

    // MARK: Starting

    /// Becomes ready in its own time, or dies before it is.
    func begin(readyAfter delay: Nanoseconds, dies: Bool) {
        guard let (link, runtime) = parts else { return }
        guard core.attach(link) else { return kill() }
        if dies {
            driver.time.call(after: driver.draw { $0.delay(upTo: .nanoseconds(Int64(delay))) }) { [self] in
                die(.signaled(9, coreDumped: false))
            }
        }
        perform("start") { [self] in
            _ = await driver.time.sleep(driver.time.newToken(), until: driver.time.now &+ delay)
            do {
                guard isAlive else { return }
                try await runtime.prepareAll()
                ready()
            } catch {
                startFailed(error)
            }
        }
    }

    private var parts: (WorkerLink, WorkerRuntime)? {
        state.withLock { state in
            guard let link = state.link, let runtime = state.runtime else { return nil }
            return (link, runtime)
        }
    }

    /// Runs something of the worker's, as far from whoever caused it as another process would be.
    @discardableResult
    private func perform(_ name: String, _ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        let simulation = driver.simulation
        return Task.detached(name: "simulated worker \(id) \(name)", executorPreference: driver.jobs) {
            await Simulation.$current.withValue(simulation) { await body() }
        }
    }

    // MARK: Working

    /// Starts as many posted tasks as there are threads with nothing to do.
    func work() {
        while let (claimed, thread) = claim() { start(claimed, on: thread) }
        sayGoodbyeIfDone()
    }

    private func claim() -> (ClaimedSlot, Int)? {
        state.withLock { state in
            guard state.isAlive, state.isReady, let thread = state.idle.last,
                let claimed = state.runtime?.channel.tryNextTask()
            else { return nil }
            state.idle.removeLast()
            state.running[claimed.taskID] = RunningTask()
            state.tasksStarted += 1
            return (claimed, thread)
        }
    }

    private func start(_ claimed: ClaimedSlot, on thread: Int) {
        let task = TaskID(rawValue: claimed.taskID)
        driver.simulation?.note(.taskStarted(task, id, attempt: Int(claimed.attempt)))
        let fate = driver.draw { $0.taskFate(in: id.number) }
        for victim in fate.victims { driver.strike(victim) }
        guard fate.deathDelay != 0 else { return die(.signaled(9, coreDumped: false)) }
        if let delay = fate.deathDelay {
            driver.time.call(after: delay) { [self] in die(.signaled(9, coreDumped: false)) }
        }
        let overrun = fate.overrun.map { (driver.time.newToken(), driver.time.now &+ $0) }
        let swiftTask = perform("task \(task)") { [self] in
            if let (token, end) = overrun { _ = await driver.time.sleep(token, until: end) }
            guard let (_, runtime) = parts, isAlive else { return }
            await runtime.perform(claimed, on: runtime.threads[thread])
            ended(claimed.taskID, thread)
        }
        state.withLock { $0.running[claimed.taskID]?.task = swiftTask }
        state.withLock { $0.running[claimed.taskID]?.overrun = overrun?.0 }
    }

    private func ended(_ task: UInt64, _ thread: Int) {
        let tasksStarted = state.withLock { state -> Int? in
            guard state.isAlive else { return nil }
            state.running[task] = nil
            state.idle.append(thread)
            return state.running.isEmpty ? state.tasksStarted : nil
        }
        work()
        if let tasksStarted { becameIdle(after: tasksStarted) }
    }

    private func becameIdle(after tasksStarted: Int) {
        guard let delay = driver.draw({ $0.idleDeath() }) else { return }
        driver.time.call(after: delay) { [self] in
            let isIdle = state.withLock { $0.running.isEmpty && $0.tasksStarted == tasksStarted && !$0.isStopping }
            if isIdle { die(.signaled(9, coreDumped: false)) }
        }
    }

    // MARK: Host

    func now() -> UInt64 { driver.time.now }

    var isAlive: Bool { state.withLock { $0.isAlive } }

    func sleep(for duration: Duration) async throws { try await driver.sleep(for: duration) }

    func published() {
        let mustSend = state.withLock { state in
            defer { state.isDrainComing = true }
            return !state.isDrainComing
        }
        guard mustSend else { return }
        driver.send { [self] in
            let link = state.withLock { state in
                state.isDrainComing = false
                return state.isAlive ? state.link : nil
            }
            if let link { _ = core.drainEverything(link) }
        }
    }

    // MARK: Ending

    /// The process is gone at this moment; the pool hears of it as soon as of anything else.
    func die(_ status: WorkerExitStatus) {
        let running = state.withLock { state -> [RunningTask]? in
            guard state.isAlive else { return nil }
            state.isAlive = false
            defer { state.running = [:] }
            return state.running.sorted { $0.key < $1.key }.map(\.value)
        }
        guard let running else { return }
        driver.simulation?.note(.workerDied(id, status))
        for running in running {
            running.task?.cancel()
            if let overrun = running.overrun { driver.time.wake(overrun) }
        }
        driver.send { [self] in bury(status) }
    }

    private func bury(_ status: WorkerExitStatus) {
        guard let (link, _) = parts else { return }
        core.workerLost(id)
        _ = core.drainEverything(link)
        let failure = state.withLock { $0.startFailure }
        core.workerExited(
            id,
            ExitReport(processID: processID, status: status, startFailure: failure, failedToStart: failure != nil))
        driver.forget(self)
        // The link holds this worker too.
        state.withLock { state in
            state.link = nil
            state.runtime = nil
        }
    }

    private func sayGoodbyeIfDone() {
        let runtime = state.withLock { state -> WorkerRuntime? in
            guard state.isAlive, state.isStopping, state.isReady, state.running.isEmpty, !state.isSayingGoodbye
            else { return nil }
            state.isSayingGoodbye = true
            return state.runtime
        }
        guard let runtime else { return }
        perform("goodbye") { [self] in
            await runtime.shutDownContext()
            ended()
        }
    }

    // MARK: Control

    func cancel(_ task: TaskID) {
        driver.send { [self] in state.withLock { $0.running[task.rawValue]?.task }?.cancel() }
    }

    func stop() {
        driver.send { [self] in
            let runtime = state.withLock { state in
                state.isStopping = true
                return state.runtime
            }
            runtime?.stop()
            work()
        }
    }

    func kill() { die(.signaled(9, coreDumped: false)) }

    func ping() {
        driver.send { [self] in
            guard isAlive else { return }
            driver.send { [self] in if isAlive { core.workerHeard(id) } }
        }
    }

    func introduce(_ segment: SegmentReference, for use: SegmentUse) throws {}
    func segment(_ id: SegmentID) -> SegmentReference? { payloads.segment(id) }
    func takeStream(_ id: UInt64) -> [UInt8]? { payloads.takeResult(id) }
    func stream(_ payload: PayloadBytes, id: UInt64) { payloads.putRequest(payload, id: id) }

    func withdrawStream(_ id: UInt64) { payloads.withdrawRequest(id) }

    func resultWasRead(_ slot: SlotIndex, task: TaskID) {
        state.withLock { $0.runtime }?.resultWasRead(slot, task: task.rawValue)
    }

    // MARK: Surroundings

    func threadBegan() {}

    func ready() {
        driver.send { [self] in
            guard isAlive else { return }
            state.withLock { $0.isReady = true }
            core.workerReady(id)
            work()
            becameIdle(after: state.withLock { $0.tasksStarted })
        }
    }

    func startFailed(_ error: any Error) {
        state.withLock { $0.startFailure = error }
        // As a worker process leaves when it has said why.
        die(.exited(70))
    }

    func ended() { die(.exited(0)) }

    func segment(_ id: SegmentID) throws -> SegmentReference { try payloads.knownSegment(id) }
    func takeStream(_ id: UInt64) throws -> [UInt8] { try payloads.takeRequest(id) }
    // Safety: the bytes are copied before the call returns.
    func stream(_ bytes: UnsafeRawBufferPointer) throws -> UInt64 { unsafe payloads.putResult(bytes) }
}
