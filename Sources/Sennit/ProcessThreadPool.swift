/// A pool of worker processes with several threads each, which runs ``PoolTask``s.
///
/// Usually made by `withProcessThreadPool`, which also ends it. A pool that is made directly must be ended by
/// ``shutDown(_:within:)``; one that is dropped without ends its workers and cancels what has not ended.
///
/// All of it may be used from any task and any thread.
public final class ProcessThreadPool<Context: WorkerContext>: Sendable {
    package let core: PoolCore
    package let lifetime: PoolLifetime

    /// Makes a pool; its workers start when there is work for them, unless the options say otherwise.
    ///
    /// - Parameters:
    ///   - context: What each worker makes once.
    ///   - configuration: What the context is made from; copied to every worker.
    ///   - processes: Worker processes, up to 1,024. Zero runs everything on threads of this process: the same code and
    ///     the same meaning, without the isolation.
    ///   - threadsPerProcess: Threads of each worker, from 1 to 4,096.
    ///   - options: Everything else.
    /// - Throws: ``PoolError`` for counts, times and sizes out of range, for a configuration that cannot be encoded,
    ///   and with `systemCallFailed` where the system refuses what a pool needs.
    public convenience init(
        of context: Context.Type, configuration: Context.Configuration,
        processes: Int = PoolDefaults.processes, threadsPerProcess: Int = PoolDefaults.threadsPerProcess,
        options: PoolOptions = PoolOptions()
    ) throws {
        try self.init(
            of: context, configuration: configuration, processes: processes, threadsPerProcess: threadsPerProcess,
            options: options, startThread: SystemThread.start)
    }

    /// Makes a pool whose own threads are started in another way; for tests.
    package init(
        of context: Context.Type, configuration: Context.Configuration, processes: Int, threadsPerProcess: Int,
        options: PoolOptions, startThread: @escaping SystemThread.Starter
    ) throws {
        try options.validate(processes: processes, threadsPerProcess: threadsPerProcess)
        try SystemRequirements.check(needsProcesses: processes > 0)
        let limits = EngineLimits(options, processes: max(1, processes), threadsPerProcess: threadsPerProcess)
        let contextType = try Self.reference(to: context)
        let configuration = try Self.encode(configuration)
        let driver: SystemDriver
        do {
            let plan = try WorkerPlan(
                options: options, threads: threadsPerProcess, contextType: contextType, configuration: configuration,
                isLocal: processes == 0, maximumPrefetch: limits.maximumPrefetch)
            driver = try SystemDriver(plan: plan, startThread: startThread)
        } catch let error as SystemError {
            throw PoolError(
                .systemCallFailed, "The system refuses what the pool \(options.name) needs: \(error)", cause: error)
        }
        let core = PoolCore(limits: limits, options: options, driver: driver)
        self.core = core
        lifetime = PoolLifetime(core: core, isLocal: processes == 0)
        if options.startup == .eager { core.startWithoutWaiting() }
    }

    /// Makes a pool over a core whose driver the caller has chosen; for test kits.
    package init(core: PoolCore) {
        self.core = core
        lifetime = PoolLifetime(core: core, isLocal: false)
    }

    package static func reference(to context: Context.Type) throws -> [UInt8] {
        do {
            return try TypeReference(context).encoded
        } catch {
            throw PoolError(
                .unknownTaskType, "The context \(context) cannot be named in another process.", cause: error)
        }
    }

    package static func encode(_ configuration: Context.Configuration) throws -> [UInt8] {
        var writer = ByteWriter()
        do {
            try WireCoder.encode(configuration, into: &writer, sizeLimit: 512 * 1024)
        } catch {
            throw PoolError(
                .encodingFailed, "The configuration \(Context.Configuration.self) cannot be encoded.", cause: error)
        }
        return writer.bytes
    }

    // MARK: Life

    /// Starts all workers, and returns when they are ready.
    ///
    /// In a pool whose starts have failed, the next attempt is made at once, without the pause before it.
    ///
    /// - Throws: The pool's failure, such as the error of a context that cannot be made. In a pool that has been ready,
    ///   which does not fail by that: the reason of the last failed start, after `startAttempts` failed attempts in a
    ///   row; the pool keeps trying. `CancellationError` when the calling task is cancelled, which leaves the pool and
    ///   its workers as they are.
    public func start() async throws { try await core.startAll() }

    /// Accepts no more tasks, and returns when the last worker is gone.
    ///
    /// May be called again, from any task, also to go from `finishPending` to `cancelPending`. It does not throw:
    /// tasks that fail do so to their own callers. Tasks for which no worker can be started, after `startAttempts`
    /// attempts, fail with ``PoolError`` and the code `startFailed`.
    ///
    /// - Parameters:
    ///   - mode: What becomes of tasks that have not started.
    ///   - limit: After this time, workers that still run are killed and their tasks fail; nil waits for ever. A
    ///     cancellation of the calling task has the same effect at once.
    public func shutDown(_ mode: ShutdownMode = .finishPending, within limit: Duration? = nil) async {
        core.shutDown(cancelPending: mode == .cancelPending)
        await core.waitForTermination(within: limit)
    }

    /// Ends every worker now, and returns when they are gone; tasks that have not ended fail.
    public func kill() async {
        core.killAll()
        await core.waitForTermination()
    }

    /// Sets how many worker processes the pool has, while it runs.
    ///
    /// Fewer: the surplus ones finish what they hold and end. More: they start when there is work.
    ///
    /// - Parameter processes: At least 1. A pool made with `processes: 0` has no processes to add.
    /// - Throws: ``PoolError`` with `invalidArgument`.
    public func resize(processes: Int) throws {
        guard PoolDefaults.processCounts.contains(processes), processes > 0 else {
            throw PoolError(.invalidArgument, "A pool has from 1 to 1,024 processes, not \(processes).")
        }
        guard !lifetime.isLocal else {
            throw PoolError(
                .invalidArgument, "A pool made with processes: 0 runs in its caller's process and cannot grow.")
        }
        core.resize(processes: processes)
    }

    // MARK: Watching

    /// What happens in the pool from now on.
    ///
    /// Each use makes a stream of its own, which keeps the newest 4,096 events for a slow reader and ends with the
    /// pool.
    public var events: AsyncStream<PoolEvent> { core.observers.subscribe(bufferSize: 4096) }

    /// The pool's counts at this moment.
    public var statistics: PoolStatistics { core.statistics }

    /// Runs the worker and does not return, if this process was started as one; returns at once otherwise.
    ///
    /// Only needed where workers cannot be diverted before `main`, as in a fully static executable: there it must be
    /// the first statement of `main`. Elsewhere it does nothing.
    public static func runWorkerIfNeeded() {
        ManualDiversion.promiseGiven()
        WorkerBoot.runWorkerIfNeeded()
    }
}

extension ProcessThreadPool where Context.Configuration == NoConfiguration {
    /// Makes a pool whose context needs no configuration; see the designated initialiser.
    public convenience init(
        of context: Context.Type, processes: Int = PoolDefaults.processes,
        threadsPerProcess: Int = PoolDefaults.threadsPerProcess, options: PoolOptions = PoolOptions()
    ) throws {
        try self.init(
            of: context, configuration: NoConfiguration(), processes: processes, threadsPerProcess: threadsPerProcess,
            options: options)
    }
}

extension ProcessThreadPool where Context == NoContext {
    /// Makes a pool without a context; see the designated initialiser.
    public convenience init(
        processes: Int = PoolDefaults.processes, threadsPerProcess: Int = PoolDefaults.threadsPerProcess,
        options: PoolOptions = PoolOptions()
    ) throws {
        try self.init(
            of: NoContext.self, configuration: NoConfiguration(), processes: processes,
            threadsPerProcess: threadsPerProcess, options: options)
    }
}

/// What becomes of tasks that have not started when a pool is shut down.
public enum ShutdownMode: Sendable, Hashable {
    /// They are run first.
    case finishPending
    /// They are cancelled; what runs is let finish.
    case cancelPending
}

/// The defaults and bounds of a pool's counts.
public enum PoolDefaults {
    /// One process for each processor.
    public static var processes: Int { ProcessIdentity.processorCount }

    /// Threads of each process.
    public static var threadsPerProcess: Int { 4 }

    static var processCounts: ClosedRange<Int> { 0...1024 }
    static var threadCounts: ClosedRange<Int> { 1...4096 }
}
