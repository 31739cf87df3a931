/// What a step does: a value whose stored properties are its configuration.
///
/// ```swift
/// struct Sort: StepWork {
///     var ignoresCase = false
///     func run(in workspace: StepWorkspace) async throws {
///         let lines = try readLines(workspace.input("words.txt"))
///         try write(lines.sorted(), to: workspace.output("sorted.txt"))
///         workspace.report(rows: Int64(lines.count))
///     }
/// }
/// ```
///
/// The value is copied to a worker process, as a `PoolTask` is, and run there: a trap, a leak or a hang of one step is
/// no other step's trouble. The type must not be private, for it is found again there by its name.
///
/// Its encoded form is part of what decides whether the step must run again, so a property belongs here if and only if
/// it changes the outputs; a ``Secret`` counts by its place and not by its value.
public protocol StepWork: Codable, Sendable {
    /// Does the work, in a directory of its own.
    ///
    /// It may block. It may be run again after a failure, in a new directory, so what it does outside of the workspace
    /// must bear repetition.
    ///
    /// - Parameter workspace: Inputs, outputs, progress and checks.
    /// - Throws: Any error, which fails the attempt; a ``StepFailure`` can say that another attempt is pointless.
    func run(in workspace: StepWorkspace) async throws
}

/// A place where a step keeps data while it runs, such as a database of its own.
public protocol StepStorage: Sendable {
    /// Makes the storage, hands it to the body, and takes it away on every path.
    ///
    /// - Parameters:
    ///   - workspace: The workspace of the step; its `directory` may hold the storage.
    ///   - body: Uses the storage.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, or why the storage cannot be made.
    static func withStorage<Result>(
        for workspace: StepWorkspace, _ body: (Self) async throws -> Result
    ) async throws -> Result
}

/// Work that wants a storage of its own for as long as it runs.
public protocol StoredStepWork: StepWork {
    /// The kind of storage.
    associatedtype Storage: StepStorage

    /// Does the work; as `StepWork.run(in:)`, with the storage beside.
    func run(in workspace: StepWorkspace, with storage: Storage) async throws
}

extension StoredStepWork {
    /// Makes the storage and does the work in it.
    public func run(in workspace: StepWorkspace) async throws {
        try await Storage.withStorage(for: workspace) { storage in
            try await run(in: workspace, with: storage)
        }
    }
}

/// An error of a step that says whether another attempt can help.
public struct StepFailure: RetryableError, Sendable, Hashable, Codable, CustomStringConvertible {
    /// What went wrong.
    public var message: String
    /// Whether another attempt is pointless.
    public var isPermanent: Bool
    /// How long to wait at least before the next attempt, if there is one.
    public var retryDelay: Duration?

    /// Makes a failure.
    public init(_ message: String, isPermanent: Bool = true, retryDelay: Duration? = nil) {
        self.message = message
        self.isPermanent = isPermanent
        self.retryDelay = retryDelay
    }

    /// Whether another attempt can help.
    public var isTransient: Bool { !isPermanent }

    /// The message.
    public var description: String { message }
}
