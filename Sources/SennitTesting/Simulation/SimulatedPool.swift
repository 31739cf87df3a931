public import Sennit
internal import Synchronization

/// Runs a pool whose workers are simulated, for tests of what your tasks and your code around them do when workers die,
/// start slowly, fail to start or hang.
///
/// The pool is a real one: tasks are really encoded, placed, decoded and run, results go the same way back. Only the
/// worker processes, their deaths and the time are made up, and everything runs on one thread, in an order that the
/// seed says: the same seed gives the same history, however fast the machine.
///
/// ```swift
/// try await forEachSeed(200) { seed in
///     var faults = SimulatedFaults()
///     faults.deathDuringTask = 0.2
///     let pages = try await withSimulatedPool(processes: 2, seed: seed, faults: faults) { pool in
///         var pages: [Page] = []
///         for try await page in pool.map(urls.map(FetchPage.init)) { pages.append(page) }
///         return pages
///     }
///     #expect(pages.count == urls.count)
/// }
/// ```
///
/// What to know:
/// * Time goes on only while nothing can run. Sleep by `TaskContext.sleep(for:)` in tasks, and by
///   ``SimulatedClock/current`` elsewhere; a real clock works, but makes the history depend on the machine.
/// * Swift tasks that are not child tasks need ``Simulation/executor``. What runs elsewhere, as on the main actor, is
///   beside the simulation: it is waited for until everything else that is queued in this process has had its turn for
///   a second, at least.
/// * A task whose worker dies is cancelled and its result thrown away. Its code cannot be stopped in the middle, as the
///   end of a process would; what it does to things it shares with the test remains.
/// * `PoolOptions.maxMemoryPerWorker`, `startMethod` and everything else about processes has no effect.
///
/// - Parameters:
///   - context: What each simulated worker makes once.
///   - configuration: What the context is made from; each worker decodes a copy.
///   - processes: Simulated worker processes, from 1.
///   - threadsPerProcess: Tasks that a worker runs at a time.
///   - options: Everything else.
///   - seed: What all choices are drawn from.
///   - faults: What goes wrong.
///   - body: Uses the pool. When it returns, what is pending is finished; when it throws, it is cancelled.
/// - Returns: What the body returns.
/// - Throws: What the body throws, `PoolError` for arguments out of range, and ``SimulationError`` when something is
///   awaited that can never come. When the calling task is cancelled and the body ends by that, what the body throws
///   (`CancellationError`, most likely) comes first.
public func withSimulatedPool<Context: WorkerContext, Result: Sendable>(
    of context: Context.Type, configuration: Context.Configuration, processes: Int = 2, threadsPerProcess: Int = 2,
    options: PoolOptions = PoolOptions(), seed: UInt64 = 0, faults: SimulatedFaults = SimulatedFaults(),
    _ body: @escaping @Sendable (ProcessThreadPool<Context>) async throws -> Result
) async throws -> Result {
    let settings = try ProcessThreadPool<Context>.settings(
        configuration: configuration, processes: processes, threadsPerProcess: threadsPerProcess, options: options)
    let simulation = try Simulation(seed: seed, faults: faults, settings: settings)
    let limits = EngineLimits(options, processes: processes, threadsPerProcess: threadsPerProcess)
    let core = PoolCore(limits: limits, options: options, driver: simulation.driver)
    return try await SimulationRun<Result>(simulation, core).result {
        let pool = ProcessThreadPool<Context>(core: core)
        if options.startup == .eager { core.startWithoutWaiting() }
        return try await runScope(body, with: pool)
    }
}

/// Runs a simulated pool whose context needs no configuration; see the function with `configuration`.
public func withSimulatedPool<Context: WorkerContext, Result: Sendable>(
    of context: Context.Type, processes: Int = 2, threadsPerProcess: Int = 2, options: PoolOptions = PoolOptions(),
    seed: UInt64 = 0, faults: SimulatedFaults = SimulatedFaults(),
    _ body: @escaping @Sendable (ProcessThreadPool<Context>) async throws -> Result
) async throws -> Result where Context.Configuration == NoConfiguration {
    try await withSimulatedPool(
        of: context, configuration: NoConfiguration(), processes: processes, threadsPerProcess: threadsPerProcess,
        options: options, seed: seed, faults: faults, body)
}

/// Runs a simulated pool without a context; see the function with `configuration`.
public func withSimulatedPool<Result: Sendable>(
    processes: Int = 2, threadsPerProcess: Int = 2, options: PoolOptions = PoolOptions(), seed: UInt64 = 0,
    faults: SimulatedFaults = SimulatedFaults(),
    _ body: @escaping @Sendable (ProcessThreadPool<NoContext>) async throws -> Result
) async throws -> Result {
    try await withSimulatedPool(
        of: NoContext.self, configuration: NoConfiguration(), processes: processes,
        threadsPerProcess: threadsPerProcess, options: options, seed: seed, faults: faults, body)
}

extension ProcessThreadPool {
    /// Checks the arguments as the pool itself does, and makes what each worker is told.
    fileprivate static func settings(
        configuration: Context.Configuration, processes: Int, threadsPerProcess: Int, options: PoolOptions
    ) throws -> WorkerSettings {
        try options.validate(processes: processes, threadsPerProcess: threadsPerProcess)
        guard processes > 0 else {
            throw PoolError(.invalidArgument, "A simulated pool has at least one process.")
        }
        var policy = PayloadPolicy(inlineBytes: ChannelLayout.inlineCapacity)
        policy.maximumPayloadBytes = options.maximumPayloadBytes
        policy.hasSegments = options.sharedMemory == .automatic
        var settings = WorkerSettings(
            contextType: try reference(to: Context.self), configuration: try encode(configuration), policy: policy)
        settings.threads = threadsPerProcess
        settings.poolName = options.name
        return settings
    }
}
