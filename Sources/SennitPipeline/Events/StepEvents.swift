/// A step's turn has come and it must run.
public struct StepScheduled: RunEventBody {
    /// The event's stable name.
    public static let name = "step.scheduled"
    /// The version of its fields.
    public static let version = 1

    /// The step.
    public var step: String
    /// The hash of everything that decides its outputs: inputs, code version, configuration.
    public var fingerprint: ContentHash
    /// Why it must run, in words.
    public var reason: String

    /// Makes the event.
    public init(step: String, fingerprint: ContentHash, reason: String) {
        self.step = step
        self.fingerprint = fingerprint
        self.reason = reason
    }
}

/// A step waits, because as many steps of its limit run already as may run at once.
public struct StepWaiting: RunEventBody {
    /// The event's stable name.
    public static let name = "step.waiting"
    /// The version of its fields.
    public static let version = 1

    /// The step.
    public var step: String
    /// The limit.
    public var limit: String
    /// How many steps of it may run at once.
    public var maximum: Int

    /// Makes the event.
    public init(step: String, limit: String, maximum: Int) {
        self.step = step
        self.limit = limit
        self.maximum = maximum
    }
}

/// An attempt at a step has been handed to a worker process.
public struct StepStarted: RunEventBody {
    /// The event's stable name.
    public static let name = "step.started"
    /// The version of its fields.
    public static let version = 1

    /// The step.
    public var step: String
    /// Which attempt it is, from one, counted anew whenever the run is taken up.
    public var attempt: Int

    /// Makes the event.
    public init(step: String, attempt: Int) {
        self.step = step
        self.attempt = attempt
    }
}

/// A running step has told how far it has come; recorded at most once a second for each step.
public struct StepProgressed: RunEventBody {
    /// The event's stable name.
    public static let name = "step.progressed"
    /// The version of its fields.
    public static let version = 1

    /// The step.
    public var step: String
    /// Which attempt it is.
    public var attempt: Int
    /// How far it has come.
    public var progress: StepProgress

    /// Makes the event.
    public init(step: String, attempt: Int, progress: StepProgress) {
        self.step = step
        self.attempt = attempt
        self.progress = progress
    }
}

/// An attempt failed and another one follows after a pause.
public struct StepRetried: RunEventBody {
    /// The event's stable name.
    public static let name = "step.retried"
    /// The version of its fields.
    public static let version = 1

    /// The step.
    public var step: String
    /// The attempt that failed.
    public var failedAttempt: Int
    /// Why.
    public var failure: StepFailureRecord
    /// The pause before the next attempt.
    public var delayMilliseconds: Int64

    /// Makes the event.
    public init(step: String, failedAttempt: Int, failure: StepFailureRecord, delayMilliseconds: Int64) {
        self.step = step
        self.failedAttempt = failedAttempt
        self.failure = failure
        self.delayMilliseconds = delayMilliseconds
    }
}

/// A step did not run, because its outputs for the same inputs, code and configuration were in the store.
public struct StepSkipped: RunEventBody {
    /// The event's stable name.
    public static let name = "step.skipped"
    /// The version of its fields.
    public static let version = 1

    /// The step.
    public var step: String
    /// The hash of everything that decides its outputs.
    public var fingerprint: ContentHash
    /// Its outputs.
    public var artefacts: [ArtefactReference]
    /// The rows that the step counted when it ran.
    public var rows: Int64?

    /// Makes the event.
    public init(step: String, fingerprint: ContentHash, artefacts: [ArtefactReference], rows: Int64? = nil) {
        self.step = step
        self.fingerprint = fingerprint
        self.artefacts = artefacts
        self.rows = rows
    }
}

/// A step has ended well and all of its outputs are in the store.
public struct StepFinished: RunEventBody {
    /// The event's stable name.
    public static let name = "step.finished"
    /// The version of its fields.
    public static let version = 1

    /// The step.
    public var step: String
    /// The attempt that ended well.
    public var attempt: Int
    /// The hash of everything that decides its outputs.
    public var fingerprint: ContentHash
    /// Its outputs.
    public var artefacts: [ArtefactReference]
    /// How long the attempt took.
    public var milliseconds: Int64
    /// The rows that it counted, if it counted any.
    public var rows: Int64?

    /// Makes the event.
    public init(
        step: String, attempt: Int, fingerprint: ContentHash, artefacts: [ArtefactReference], milliseconds: Int64,
        rows: Int64? = nil
    ) {
        self.step = step
        self.attempt = attempt
        self.fingerprint = fingerprint
        self.artefacts = artefacts
        self.milliseconds = milliseconds
        self.rows = rows
    }
}

/// A step has failed for good in this session.
public struct StepFailed: RunEventBody {
    /// The event's stable name.
    public static let name = "step.failed"
    /// The version of its fields.
    public static let version = 1

    /// The step.
    public var step: String
    /// The attempt that failed last.
    public var attempt: Int
    /// Why.
    public var failure: StepFailureRecord

    /// Makes the event.
    public init(step: String, attempt: Int, failure: StepFailureRecord) {
        self.step = step
        self.attempt = attempt
        self.failure = failure
    }
}

/// An attempt ran into its timeout and was ended; followed by `step.retried` or `step.failed`.
public struct StepTimedOut: RunEventBody {
    /// The event's stable name.
    public static let name = "step.timedOut"
    /// The version of its fields.
    public static let version = 1

    /// The step.
    public var step: String
    /// The attempt.
    public var attempt: Int
    /// The time that it had.
    public var limitMilliseconds: Int64

    /// Makes the event.
    public init(step: String, attempt: Int, limitMilliseconds: Int64) {
        self.step = step
        self.attempt = attempt
        self.limitMilliseconds = limitMilliseconds
    }
}

/// A step cannot run, because a step whose artefacts it reads has failed.
public struct StepBlocked: RunEventBody {
    /// The event's stable name.
    public static let name = "step.blocked"
    /// The version of its fields.
    public static let version = 1

    /// The step.
    public var step: String
    /// The step that failed or is blocked itself.
    public var because: String

    /// Makes the event.
    public init(step: String, because: String) {
        self.step = step
        self.because = because
    }
}
