/// An artefact is in the store, whole, under the hash of its content.
public struct ArtefactPublished: RunEventBody {
    /// The event's stable name.
    public static let name = "artefact.published"
    /// The version of its fields.
    public static let version = 1

    /// The step that made it.
    public var step: String
    /// The artefact.
    public var artefact: ArtefactReference

    /// Makes the event.
    public init(step: String, artefact: ArtefactReference) {
        self.step = step
        self.artefact = artefact
    }
}

/// An artefact in the store no longer has the bytes that were published; the step that made it runs again.
public struct ArtefactDamaged: RunEventBody {
    /// The event's stable name.
    public static let name = "artefact.damaged"
    /// The version of its fields.
    public static let version = 1

    /// The step that makes it.
    public var producer: String
    /// The artefact.
    public var artefact: ArtefactReference

    /// Makes the event.
    public init(producer: String, artefact: ArtefactReference) {
        self.producer = producer
        self.artefact = artefact
    }
}

/// A step has checked its data.
public struct CheckEvaluated: RunEventBody {
    /// The event's stable name.
    public static let name = "check.evaluated"
    /// The version of its fields.
    public static let version = 1

    /// The step.
    public var step: String
    /// What the check is called.
    public var check: String
    /// What came of it.
    public var outcome: CheckOutcome
    /// The value that was measured, as text.
    public var value: String?
    /// What is wrong, in words, when something is.
    public var message: String?

    /// Makes the event.
    public init(
        step: String, check: String, outcome: CheckOutcome, value: String? = nil, message: String? = nil
    ) {
        self.step = step
        self.check = check
        self.outcome = outcome
        self.value = value
        self.message = message
    }
}
