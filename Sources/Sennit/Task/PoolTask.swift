/// Work that a pool can run in another process: a value whose stored properties are its arguments.
///
/// ```swift
/// struct FetchPage: PoolTask {
///     var url: String
///     func run(in client: Client) async throws -> Page { try client.get(url) }
/// }
/// ```
///
/// A task is copied to its worker, and its output is copied back, both by their `Codable` form; so nothing is shared
/// but what is a ``SharedBuffer``. The rule is the same with `processes: 0`.
///
/// A worker finds a task's type by its name. A type that is not generic may be private or declared in a function. A
/// generic type has to be internal or public, outside of functions, and so have its generic arguments. No type may be
/// in a library that is loaded apart from the program. ``PoolError`` with `unknownTaskType` says so when a task of any
/// other type is handed in.
public protocol PoolTask<Output>: Codable, Sendable {
    /// What the task gives back.
    associatedtype Output: Codable & Sendable

    /// What the task needs around it: made once per worker process, shared by its threads.
    associatedtype Context: WorkerContext = NoContext

    /// Whether the task may run more than once: it is tried again when its worker dies. False unless said otherwise.
    static var isIdempotent: Bool { get }

    /// The options of every task of this type for which the caller gives no others.
    static var options: TaskOptions { get }

    /// Does the work, on one of the worker's own threads.
    ///
    /// It may block; an `await` inside it keeps the thread reserved. `TaskContext.current` tells about cancellation,
    /// deadline and attempt, and takes progress.
    ///
    /// - Parameter context: The worker's context.
    /// - Returns: The output, which travels back to the caller.
    /// - Throws: Any error; it reaches the caller as itself if it is `Codable`, else as ``RemoteError``.
    func run(in context: Context) async throws -> Output
}

extension PoolTask {
    /// False: the task is not run again when its worker dies.
    public static var isIdempotent: Bool { false }

    /// Plain options: normal priority, no key, no time limit.
    public static var options: TaskOptions { TaskOptions() }
}

/// The output of a task that has nothing to give back.
public struct NoOutput: PlainData, Codable, Hashable {
    /// Makes the only value there is.
    public init() {}
}
