public import Sennit
public import ServiceLifecycle

/// A pool as a service: its workers start with the other services of a group, and end in order with them.
///
/// ```swift
/// let pool = try ProcessThreadPool(of: Client.self, configuration: configuration)
/// let group = ServiceGroup(
///     services: [PoolService(pool), server], gracefulShutdownSignals: [.sigterm], logger: logger)
/// try await group.run()
/// ```
///
/// List the pool before the services that use it: a group shuts its services down in reverse order, so they can finish
/// what they have with the pool still there.
///
/// The service ends the pool, on every path. Do not use the pool after it, and run the service once.
public struct PoolService<Context: WorkerContext>: Service {
    /// The pool that the service runs.
    public let pool: ProcessThreadPool<Context>

    /// How long a graceful shutdown lets tasks finish; nil for as long as they take.
    public let shutdownLimit: Duration?

    /// Makes a service of a pool that somebody else has made and uses.
    ///
    /// - Parameters:
    ///   - pool: The pool, started or not.
    ///   - shutdownLimit: How long a graceful shutdown lets tasks finish that are pending or running. Workers that
    ///     still run then are killed, and their tasks fail. Nil lets them take as long as they need.
    public init(_ pool: ProcessThreadPool<Context>, shutdownLimit: Duration? = .seconds(30)) {
        self.pool = pool
        self.shutdownLimit = shutdownLimit
    }

    /// Starts all workers and keeps the pool until the group shuts down.
    ///
    /// * On graceful shutdown the pool accepts no more tasks, finishes those it has within ``shutdownLimit``, and this
    ///   returns.
    /// * When the calling task is cancelled, so are all tasks of the pool; workers that do not end within the pool's
    ///   grace period are killed, and this returns.
    /// * When somebody else shuts the pool down, this returns once it has ended.
    ///
    /// No worker is left when it returns or throws.
    ///
    /// - Throws: What made the pool fail: at the start, such as the error of a context that cannot be made, or later,
    ///   such as a worker's death under the policy `failPool`.
    public func run() async throws {
        // Before the start, so that no failure is missed.
        let events = pool.events
        do {
            try await cancelWhenGracefulShutdown { [pool] in
                try await pool.start()
                for await event in events {
                    // It failed: asked to start again, it says why.
                    guard case .poolFailed(let reason) = event else { continue }
                    try await pool.start()
                    throw PoolError(.poolFailed, reason)
                }
            }
        } catch is CancellationError {
            // The group wants an end, of one kind or the other.
        } catch {
            await pool.kill()
            throw error
        }
        if Task.isCancelled {
            await pool.cancelAndEnd()
        } else {
            await pool.shutDown(.finishPending, within: shutdownLimit)
        }
    }
}
