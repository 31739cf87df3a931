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
