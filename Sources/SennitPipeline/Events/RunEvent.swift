public import EventStore

/// What every kind of event says about itself.
public protocol RunEventBody: Event, Hashable {
    /// The event's name in the history. It never changes.
    static var name: String { get }
    /// The version of the event's fields, from one. A reader turns older ones into the newest.
    static var version: Int { get }
}

extension RunEventBody {
    /// The name and the version, as the store of events keeps them.
    public static var eventType: EventType { EventType(name, version: version) }
}

/// Something that happened in a run: all that the slices of this module share.
///
/// As `Codable`, an event is an object with its `event` name, its `version` and the fields of its body.
public enum RunEvent: Sendable, Hashable {
    /// A run was asked for.
    case runRequested(RunRequested)
    /// A process has taken the run up.
    case runStarted(RunStarted)
    /// Every step has its outputs.
    case runFinished(RunFinished)
    /// The run has ended without all of its outputs.
    case runFailed(RunFailed)
    /// The run was stopped on request.
    case runCancelled(RunCancelled)
    /// A step must run.
    case stepScheduled(StepScheduled)
    /// A step waits for its turn.
    case stepWaiting(StepWaiting)
    /// An attempt has been handed to a worker.
    case stepStarted(StepStarted)
    /// A step has told how far it has come.
    case stepProgressed(StepProgressed)
    /// An attempt failed and another one follows.
    case stepRetried(StepRetried)
    /// A step's outputs came from the cache.
    case stepSkipped(StepSkipped)
    /// A step has ended well.
    case stepFinished(StepFinished)
    /// A step has failed for good.
    case stepFailed(StepFailed)
    /// An attempt ran into its timeout.
    case stepTimedOut(StepTimedOut)
    /// A step cannot run because another one failed.
    case stepBlocked(StepBlocked)
    /// An artefact is in the store.
    case artefactPublished(ArtefactPublished)
    /// An artefact in the store has been damaged.
    case artefactDamaged(ArtefactDamaged)
    /// A step has checked its data.
    case checkEvaluated(CheckEvaluated)
    /// A notification was sent, or could not be.
    case notificationSent(NotificationSent)

    /// The event's fields.
    public var body: any RunEventBody {
        switch self {
        case .runRequested(let body): body
        case .runStarted(let body): body
        case .runFinished(let body): body
        case .runFailed(let body): body
        case .runCancelled(let body): body
        case .stepScheduled(let body): body
        case .stepWaiting(let body): body
        case .stepStarted(let body): body
        case .stepProgressed(let body): body
        case .stepRetried(let body): body
        case .stepSkipped(let body): body
        case .stepFinished(let body): body
        case .stepFailed(let body): body
        case .stepTimedOut(let body): body
        case .stepBlocked(let body): body
        case .artefactPublished(let body): body
        case .artefactDamaged(let body): body
        case .checkEvaluated(let body): body
        case .notificationSent(let body): body
        }
    }

    /// The event's stable name.
    public var name: String { type(of: body).name }

    /// The version of the event's fields.
    public var version: Int { type(of: body).version }

    /// The step that the event is about, if it is about one.
    public var step: String? {
        switch self {
        case .stepScheduled(let body): body.step
        case .stepWaiting(let body): body.step
        case .stepStarted(let body): body.step
        case .stepProgressed(let body): body.step
        case .stepRetried(let body): body.step
        case .stepSkipped(let body): body.step
        case .stepFinished(let body): body.step
        case .stepFailed(let body): body.step
        case .stepTimedOut(let body): body.step
        case .stepBlocked(let body): body.step
        case .artefactPublished(let body): body.step
        case .artefactDamaged(let body): body.producer
        case .checkEvaluated(let body): body.step
        case .runRequested, .runStarted, .runFinished, .runFailed, .runCancelled, .notificationSent: nil
        }
    }
}
