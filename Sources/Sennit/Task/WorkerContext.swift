/// What each worker process makes once and its threads share: clients, caches, connections.
///
/// ```swift
/// final class Client: WorkerContext {
///     struct Configuration: Codable, Sendable { var timeout: Duration }
///     init(_ configuration: Configuration) async throws { … }
/// }
/// ```
///
/// With `processes: 0` the one context lives in the calling process.
public protocol WorkerContext: Sendable {
    /// What the pool's owner passes to every worker.
    associatedtype Configuration: Codable & Sendable = NoConfiguration

    /// What each thread of a worker makes once for itself; it is never seen by another thread.
    associatedtype ThreadState = Void

    /// Makes the context, before the worker runs its first task.
    ///
    /// - Parameter configuration: A copy of the pool's configuration.
    /// - Throws: Any error. A pool that has never had a ready worker fails with it after `startAttempts` attempts. A
    ///   pool that has been ready retries; see `PoolOptions.onStartFailure`.
    init(_ configuration: Configuration) async throws

    /// Makes the state of one thread, on that thread, before it runs its first task.
    ///
    /// - Returns: The state, which a task reads by `threadState()`.
    /// - Throws: Any error; it counts as a failed start of the worker.
    func makeThreadState() async throws -> ThreadState

    /// Releases what the context holds, when a worker ends in its own time. Not called in a worker that is killed.
    func shutDown() async
}

extension WorkerContext where ThreadState == Void {
    /// Nothing: the threads have no state of their own.
    public func makeThreadState() async throws {}
}

extension WorkerContext {
    /// Nothing to release.
    public func shutDown() async {}

    /// The state that the calling thread made for itself.
    ///
    /// - Returns: The state; keep it within the task.
    /// - Throws: ``PoolError`` with code `outsideTask` when not called from a task of a pool of this context.
    public func threadState() throws -> ThreadState {
        guard let state = TaskContext.current?.thread.userState as? ThreadState else {
            throw PoolError(
                .outsideTask, "The thread state of \(Self.self) can only be read inside a task of its pool.")
        }
        return state
    }
}

/// The configuration of a context that needs none.
public struct NoConfiguration: PlainData, Codable, Hashable {
    /// Makes the only value there is.
    public init() {}
}

/// The context of tasks that need nothing around them.
public struct NoContext: WorkerContext {
    /// Makes the only value there is.
    ///
    /// - Parameter configuration: Nothing.
    public init(_ configuration: NoConfiguration = NoConfiguration()) {}
}
