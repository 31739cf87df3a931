internal import EventStore

/// A run of a pipeline was asked for; the first event of every run.
public struct RunRequested: RunEventBody {
    /// The event's stable name.
    public static let name = "run.requested"
    /// The version of its fields.
    public static let version = 2

    /// The pipeline.
    public var pipeline: String
    /// Its steps, in an order in which every step comes after those whose artefacts it reads.
    public var steps: [PlannedStep]
    /// Whether every step runs even if nothing has changed.
    public var isForced: Bool
    /// The step from which on everything runs, if one was named.
    public var from: String?
    /// The step that runs alone, if one was named.
    public var only: String?
    /// The value of each parameter, as text.
    public var parameters: [String: String]
    /// The partition that the run is about; nil if the pipeline has none.
    public var partition: String?
    /// The hash of everything that decides what the run does and is known before it begins; nil if it was not recorded.
    public var fingerprint: ContentHash?
    /// What people have written on the run.
    public var tags: [String: String]
    /// The words of a command line with which the run is taken up as it was asked for, each as a shell takes it.
    public var options: [String]?

    /// Makes the event.
    public init(
        pipeline: String, steps: [PlannedStep], isForced: Bool = false, from: String? = nil, only: String? = nil,
        parameters: [String: String] = [:], partition: String? = nil, fingerprint: ContentHash? = nil,
        tags: [String: String] = [:], options: [String]? = nil
    ) {
        self.pipeline = pipeline
        self.steps = steps
        self.isForced = isForced
        self.from = from
        self.only = only
        self.parameters = parameters
        self.partition = partition
        self.fingerprint = fingerprint
        self.tags = tags
        self.options = options
    }

    /// Reads the fields; those that version 1 lacks are empty then.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        pipeline = try container.decode(String.self, forKey: .pipeline)
        steps = try container.decode([PlannedStep].self, forKey: .steps)
        isForced = try container.decode(Bool.self, forKey: .isForced)
        from = try container.decodeIfPresent(String.self, forKey: .from)
        only = try container.decodeIfPresent(String.self, forKey: .only)
        parameters = try container.decodeIfPresent([String: String].self, forKey: .parameters) ?? [:]
        partition = try container.decodeIfPresent(String.self, forKey: .partition)
        fingerprint = try container.decodeIfPresent(ContentHash.self, forKey: .fingerprint)
        tags = try container.decodeIfPresent([String: String].self, forKey: .tags) ?? [:]
        options = try container.decodeIfPresent([String].self, forKey: .options)
    }

    /// The form of version 1, which had no parameters, partitions and tags.
    struct Version1: Event {
        static let eventType = EventType(RunRequested.name, version: 1)

        var pipeline: String
        var steps: [PlannedStep]
        var isForced: Bool
        var from: String?
        var only: String?
    }
}

/// A process has taken the run up: for the first time, or again after a failure, a cancellation or a crash.
public struct RunStarted: RunEventBody {
    /// The event's stable name.
    public static let name = "run.started"
    /// The version of its fields.
    public static let version = 1

    /// How often the run has been taken up, from one.
    public var session: Int
    /// The process that runs it.
    public var processID: Int32

    /// Makes the event.
    public init(session: Int, processID: Int32) {
        self.session = session
        self.processID = processID
    }
}

/// Every step of the run has its outputs.
public struct RunFinished: RunEventBody {
    /// The event's stable name.
    public static let name = "run.finished"
    /// The version of its fields.
    public static let version = 1

    /// The time since the run was last taken up.
    public var milliseconds: Int64
    /// Steps that ran, in all sessions of the run.
    public var stepsRun: Int
    /// Steps whose outputs came from the cache.
    public var stepsFromCache: Int

    /// Makes the event.
    public init(milliseconds: Int64, stepsRun: Int, stepsFromCache: Int) {
        self.milliseconds = milliseconds
        self.stepsRun = stepsRun
        self.stepsFromCache = stepsFromCache
    }
}

/// The run has ended without all of its outputs; it can be resumed.
public struct RunFailed: RunEventBody {
    /// The event's stable name.
    public static let name = "run.failed"
    /// The version of its fields.
    public static let version = 1

    /// The time since the run was last taken up.
    public var milliseconds: Int64
    /// The steps that failed.
    public var failedSteps: [String]
    /// The steps that could not run because of them.
    public var blockedSteps: [String]
    /// The first failure, in words.
    public var message: String

    /// Makes the event.
    public init(milliseconds: Int64, failedSteps: [String], blockedSteps: [String], message: String) {
        self.milliseconds = milliseconds
        self.failedSteps = failedSteps
        self.blockedSteps = blockedSteps
        self.message = message
    }
}

/// The run was stopped on request; it can be resumed.
public struct RunCancelled: RunEventBody {
    /// The event's stable name.
    public static let name = "run.cancelled"
    /// The version of its fields.
    public static let version = 1

    /// The time since the run was last taken up.
    public var milliseconds: Int64
    /// The steps that were running.
    public var interruptedSteps: [String]

    /// Makes the event.
    public init(milliseconds: Int64, interruptedSteps: [String]) {
        self.milliseconds = milliseconds
        self.interruptedSteps = interruptedSteps
    }
}

/// A notification about the run was sent, or could not be.
public struct NotificationSent: RunEventBody {
    /// The event's stable name.
    public static let name = "notification.sent"
    /// The version of its fields.
    public static let version = 1

    /// The name of the channel it went to; never its address, which may hold a secret.
    public var channel: String
    /// Whether it arrived.
    public var isDelivered: Bool
    /// How often it was tried.
    public var attempts: Int
    /// What went wrong, when it did not arrive.
    public var failure: String?

    /// Makes the event.
    public init(channel: String, isDelivered: Bool, attempts: Int, failure: String? = nil) {
        self.channel = channel
        self.isDelivered = isDelivered
        self.attempts = attempts
        self.failure = failure
    }
}
