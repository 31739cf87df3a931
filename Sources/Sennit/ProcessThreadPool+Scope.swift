/// Runs a pool for the length of one scope.
///
/// ```swift
/// try await withProcessThreadPool(
///     of: Client.self, configuration: .init(timeout: .seconds(5)), processes: 2, threadsPerProcess: 30
/// ) { pool in
///     for try await page in pool.map(urls.map(FetchPage.init)) { … }
/// }
/// ```
///
/// When the body returns, what is pending is finished and the workers end before this function returns. When it
/// throws, or the calling task is cancelled, pending and running tasks are cancelled, and workers that do not end
/// within the options' `gracePeriod` are killed.
///
/// - Parameters:
///   - context: What each worker makes once.
///   - configuration: What the context is made from; copied to every worker.
///   - processes: Worker processes; zero runs everything on threads of this process.
///   - threadsPerProcess: Threads of each worker.
///   - options: Everything else.
///   - body: Uses the pool; the pool must not be used after it.
/// - Returns: What the body returns.
/// - Throws: What the body throws, or ``PoolError`` for arguments out of range.
public func withProcessThreadPool<Context: WorkerContext, Result>(
    of context: Context.Type, configuration: Context.Configuration, processes: Int = PoolDefaults.processes,
    threadsPerProcess: Int = PoolDefaults.threadsPerProcess, options: PoolOptions = PoolOptions(),
    _ body: (ProcessThreadPool<Context>) async throws -> Result
) async throws -> Result {
    let pool = try ProcessThreadPool(
        of: context, configuration: configuration, processes: processes, threadsPerProcess: threadsPerProcess,
        options: options)
    return try await runScope(body, with: pool)
}

/// Runs a pool whose context needs no configuration for the length of one scope; see the function with `configuration`.
public func withProcessThreadPool<Context: WorkerContext, Result>(
    of context: Context.Type, processes: Int = PoolDefaults.processes,
    threadsPerProcess: Int = PoolDefaults.threadsPerProcess, options: PoolOptions = PoolOptions(),
    _ body: (ProcessThreadPool<Context>) async throws -> Result
) async throws -> Result where Context.Configuration == NoConfiguration {
    let pool = try ProcessThreadPool(
        of: context, processes: processes, threadsPerProcess: threadsPerProcess, options: options)
    return try await runScope(body, with: pool)
}

/// Runs a pool without a context for the length of one scope; see the function with `configuration`.
public func withProcessThreadPool<Result>(
    processes: Int = PoolDefaults.processes, threadsPerProcess: Int = PoolDefaults.threadsPerProcess,
    options: PoolOptions = PoolOptions(), _ body: (ProcessThreadPool<NoContext>) async throws -> Result
) async throws -> Result {
    let pool = try ProcessThreadPool(processes: processes, threadsPerProcess: threadsPerProcess, options: options)
    return try await runScope(body, with: pool)
}

/// Runs the body of a scope and ends its pool.
package func runScope<Context: WorkerContext, Result>(
    _ body: (ProcessThreadPool<Context>) async throws -> Result, with pool: ProcessThreadPool<Context>
) async throws -> Result {
    do {
        let result = try await body(pool)
        if Task.isCancelled {
            await pool.cancelAndEnd()
        } else {
            await pool.shutDown(.finishPending)
        }
        return result
    } catch {
        await pool.cancelAndEnd()
        throw error
    }
}

extension ProcessThreadPool {
    /// Cancels everything, running tasks too, and ends the workers within the grace period.
    package func cancelAndEnd() async {
        core.shutDown(cancelPending: true)
        core.cancelEverything()
        // In a task of its own: the caller's is most likely cancelled, which would end the grace period at once.
        let end = Task(executorPreference: core.driver.executor) { [core] in
            await core.waitForTermination(within: core.options.gracePeriod)
        }
        await end.value
    }
}
