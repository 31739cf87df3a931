/// A pool could not do what was asked of it.
///
/// It is `Codable`, so it arrives as itself when a task that uses a pool of its own throws it. Its cause does too, if
/// that is `Codable`; any other cause arrives as ``RemoteError``.
public struct PoolError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is; an open set, to be compared and not to be switched over exhaustively.
    public struct Code: Hashable, Sendable, Codable, CustomStringConvertible {
        private enum Kind: String, Codable {
            case invalidArgument, shutDown, poolFailed, startFailed, foreignWorker, unknownTaskType, encodingFailed
            case decodingFailed, payloadTooLarge, outsideTask, noDiversion, systemCallFailed, timedOutWaiting
        }

        private let kind: Kind

        private init(kind: Kind) { self.kind = kind }

        /// Reads the name of a code.
        public init(from decoder: any Decoder) throws { kind = try Kind(from: decoder) }

        /// Writes the name of the code.
        public func encode(to encoder: any Encoder) throws { try kind.encode(to: encoder) }

        /// The name of the code.
        public var description: String { kind.rawValue }

        /// A count, size, time or name is out of range.
        public static let invalidArgument = Code(kind: .invalidArgument)
        /// The pool has been shut down.
        public static let shutDown = Code(kind: .shutDown)
        /// The pool has failed earlier, and its cause says why.
        public static let poolFailed = Code(kind: .poolFailed)
        /// Workers could not be started, or their context could not be made.
        public static let startFailed = Code(kind: .startFailed)
        /// The worker's executable is not this one.
        public static let foreignWorker = Code(kind: .foreignWorker)
        /// The worker knows no such task type.
        public static let unknownTaskType = Code(kind: .unknownTaskType)
        /// An argument, a configuration or a result could not be encoded.
        public static let encodingFailed = Code(kind: .encodingFailed)
        /// An argument, a configuration or a result could not be decoded.
        public static let decodingFailed = Code(kind: .decodingFailed)
        /// A result is larger than `maximumPayloadBytes`.
        public static let payloadTooLarge = Code(kind: .payloadTooLarge)
        /// Something that only exists inside a task was asked for elsewhere.
        public static let outsideTask = Code(kind: .outsideTask)
        /// A worker started by this executable would run its `main`: call `ProcessThreadPool.runWorkerIfNeeded()`
        /// first.
        public static let noDiversion = Code(kind: .noDiversion)
        /// The system refused something: processes, descriptors, memory.
        public static let systemCallFailed = Code(kind: .systemCallFailed)
        /// The time given for waiting is over; what was waited for goes on.
        public static let timedOutWaiting = Code(kind: .timedOutWaiting)
    }

    /// What kind of failure it is.
    public let code: Code

    /// What happened, and the way out where there is one.
    public let message: String

    /// The error behind it, if there is one.
    public let cause: (any Error)?

    /// Makes an error.
    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// The code, the message and the cause in one line.
    public var description: String {
        let suffix = cause.map { " Cause: \($0)" } ?? ""
        return "\(code): \(message)\(suffix)"
    }
}

/// The worker process of a task died while the task ran.
public struct WorkerDied: Error, Sendable, Codable, CustomStringConvertible {
    /// The worker that died.
    public let worker: WorkerID
    /// Its process.
    public let processID: Int32
    /// How it ended.
    public let exitStatus: WorkerExitStatus
    /// Why the pool ended it, when the pool did.
    public let reason: String?
    /// The task.
    public let taskID: TaskID
    /// The task's type.
    public let taskType: String
    /// Which try it was, from one.
    public let attempt: Int
    /// How many other tasks ran in that process; zero means that this task is to blame.
    public let neighbours: Int
    /// The end of what the worker wrote to its standard error, at most a few kilobytes.
    public let standardErrorTail: String

    /// The facts in one line, and the tail of the worker's standard error below.
    public var description: String {
        var text = "Worker \(worker) (pid \(processID)) \(exitStatus.predicate) while running \(taskType) \(taskID), "
        text += "attempt \(attempt)"
        text += neighbours == 0 ? "." : ", beside \(neighbours) other task\(neighbours == 1 ? "" : "s")."
        if let reason { text += " \(reason)" }
        if !standardErrorTail.isEmpty { text += "\nIts last words:\n\(standardErrorTail)" }
        return text
    }
}

/// A task ran longer than it may, or was still wanted by nobody when its turn came.
public struct TaskTimedOut: Error, Sendable, Hashable, Codable, CustomStringConvertible {
    /// The limit that was passed.
    public enum Limit: Sendable, Hashable, Codable {
        /// The time that one attempt may run.
        case timeout(Duration)
        /// The moment after which nobody wants the task.
        case deadline
    }

    /// The limit that was passed.
    public let limit: Limit
    /// The task; nil when it was refused before it got an identifier.
    public let taskID: TaskID?
    /// The task's type.
    public let taskType: String
    /// Whether it had started.
    public let hadStarted: Bool

    /// The limit, the task and where it was, in one line.
    public var description: String {
        let name = taskID.map { "\(taskType) \($0)" } ?? taskType
        return switch limit {
        case .timeout(let duration): "\(name) ran longer than its timeout of \(duration)."
        case .deadline: "\(name) \(hadStarted ? "was still running" : "had not started") at its deadline."
        }
    }
}

/// A task has killed so many workers that it is not tried again.
public struct PoisonedTask: Error, Sendable, Codable, CustomStringConvertible {
    /// The task.
    public let taskID: TaskID
    /// The task's type.
    public let taskType: String
    /// How many workers died while it ran.
    public let deaths: Int
    /// The last of these deaths.
    public let lastDeath: WorkerDied

    /// The count and the last death.
    public var description: String {
        "\(taskType) \(taskID) has killed \(deaths) workers and is not tried again. Last: \(lastDeath)"
    }
}
