/// How far a task has come, in units of its own.
public struct TaskProgress: Sendable, Hashable {
    /// Units done.
    public var completed: Int64

    /// Units in all, or nil when that is not known.
    public var total: Int64?

    /// What the task is doing, in at most 96 bytes of UTF-8; what is longer is cut.
    public var message: String

    /// Makes a progress.
    public init(completed: Int64, total: Int64? = nil, message: String = "") {
        self.completed = completed
        self.total = total
        self.message = message
    }

    /// The part done, from 0 to 1, or nil when the total is not known or zero.
    public var fraction: Double? {
        guard let total, total > 0 else { return nil }
        return min(1, max(0, Double(completed) / Double(total)))
    }
}

/// Where a task stands.
public enum TaskState: Sendable, Hashable {
    /// It waits for a worker.
    case pending
    /// It is in a worker.
    case running
    /// It gave its output.
    case succeeded
    /// It ended with an error.
    case failed
    /// It was cancelled.
    case cancelled

    /// Whether it has ended.
    public var isFinal: Bool {
        switch self {
        case .pending, .running: false
        case .succeeded, .failed, .cancelled: true
        }
    }
}
