extension RunEvent: Codable {
    private enum EnvelopeKeys: String, CodingKey { case event, version }

    /// Reads an event by its name.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: EnvelopeKeys.self)
        let name = try container.decode(String.self, forKey: .event)
        try self.init(name: name, from: decoder)
    }

    /// Writes the name, the version and the body's fields into one object.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: EnvelopeKeys.self)
        try container.encode(name, forKey: .event)
        try container.encode(version, forKey: .version)
        try body.encode(to: encoder)
    }

    /// Reads the body of an event whose name is known, in its newest version.
    ///
    /// - Parameters:
    ///   - name: The stable name.
    ///   - decoder: Holds the fields of the body.
    /// - Throws: `DecodingError` for a name that no event has, or fields that do not fit.
    public init(name: String, from decoder: any Decoder) throws {
        guard let read = RunEvent.readers[name] else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: decoder.codingPath,
                    debugDescription: "No event is called '\(name)'; the history may come from a newer version."))
        }
        self = try read(decoder)
    }

    /// The names of all events.
    public static var names: [String] { readers.keys.sorted() }

    private typealias Reader = @Sendable (any Decoder) throws -> RunEvent

    private static let readers: [String: Reader] = [
        RunRequested.name: { .runRequested(try RunRequested(from: $0)) },
        RunStarted.name: { .runStarted(try RunStarted(from: $0)) },
        RunFinished.name: { .runFinished(try RunFinished(from: $0)) },
        RunFailed.name: { .runFailed(try RunFailed(from: $0)) },
        RunCancelled.name: { .runCancelled(try RunCancelled(from: $0)) },
        StepScheduled.name: { .stepScheduled(try StepScheduled(from: $0)) },
        StepWaiting.name: { .stepWaiting(try StepWaiting(from: $0)) },
        StepStarted.name: { .stepStarted(try StepStarted(from: $0)) },
        StepProgressed.name: { .stepProgressed(try StepProgressed(from: $0)) },
        StepRetried.name: { .stepRetried(try StepRetried(from: $0)) },
        StepSkipped.name: { .stepSkipped(try StepSkipped(from: $0)) },
        StepFinished.name: { .stepFinished(try StepFinished(from: $0)) },
        StepFailed.name: { .stepFailed(try StepFailed(from: $0)) },
        StepTimedOut.name: { .stepTimedOut(try StepTimedOut(from: $0)) },
        StepBlocked.name: { .stepBlocked(try StepBlocked(from: $0)) },
        ArtefactPublished.name: { .artefactPublished(try ArtefactPublished(from: $0)) },
        ArtefactDamaged.name: { .artefactDamaged(try ArtefactDamaged(from: $0)) },
        CheckEvaluated.name: { .checkEvaluated(try CheckEvaluated(from: $0)) },
        NotificationSent.name: { .notificationSent(try NotificationSent(from: $0)) },
    ]
}

/// An event in its place in a run's history.
public struct RecordedRunEvent: Sendable, Hashable, Codable {
    /// The run.
    public var run: RunID
    /// The event's place in the run, from one without gaps.
    public var sequence: Int
    /// When it was recorded, in milliseconds since 1970, UTC.
    public var milliseconds: Int64
    /// What happened.
    public var event: RunEvent

    /// Makes a recorded event.
    public init(run: RunID, sequence: Int, milliseconds: Int64, event: RunEvent) {
        self.run = run
        self.sequence = sequence
        self.milliseconds = milliseconds
        self.event = event
    }

    private enum Keys: String, CodingKey {
        case run, sequence
        // Some bodies have milliseconds of their own.
        case milliseconds = "time"
    }

    /// Reads one object that holds the event's fields beside the place.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        run = try container.decode(RunID.self, forKey: .run)
        sequence = try container.decode(Int.self, forKey: .sequence)
        milliseconds = try container.decode(Int64.self, forKey: .milliseconds)
        event = try RunEvent(from: decoder)
    }

    /// Writes one object that holds the event's fields beside the place.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(run, forKey: .run)
        try container.encode(sequence, forKey: .sequence)
        try container.encode(milliseconds, forKey: .milliseconds)
        try event.encode(to: encoder)
    }
}
