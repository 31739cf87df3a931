/// Keeps texts that others have made small enough to be recorded.
package enum BoundedText {
    /// Bytes of what happened in words: an error, a check's details.
    package static let messageBytes = 16 << 10
    /// Bytes of a name or a value.
    package static let nameBytes = 1 << 10
    /// Bytes that a worker hands on, so that a secret that is cut in two there is never in what is recorded.
    package static let workerBytes = 1 << 20

    /// The beginning of a text.
    ///
    /// - Parameters:
    ///   - text: Any text.
    ///   - limit: The most bytes of it that stay.
    /// - Returns: The text if it has no more, or its beginning, cut between two characters of UTF-8, with a mark that
    ///   tells how much was left out.
    package static func head(_ text: String, _ limit: Int = messageBytes) -> String {
        guard text.utf8.count > limit else { return text }
        let bytes = text.utf8
        var end = bytes.index(bytes.startIndex, offsetBy: limit)
        while end > bytes.startIndex, isContinuation(bytes[end]) { end = bytes.index(before: end) }
        let left = bytes.distance(from: end, to: bytes.endIndex)
        return String(decoding: bytes[..<end], as: UTF8.self) + "… (\(left) bytes left out)"
    }

    /// The end of a text, as ``head(_:_:)``.
    package static func tail(_ text: String, _ limit: Int = messageBytes) -> String {
        guard text.utf8.count > limit else { return text }
        let bytes = text.utf8
        var start = bytes.index(bytes.endIndex, offsetBy: -limit)
        while start < bytes.endIndex, isContinuation(bytes[start]) { start = bytes.index(after: start) }
        let left = bytes.distance(from: bytes.startIndex, to: start)
        return "(\(left) bytes left out) …" + String(decoding: bytes[start...], as: UTF8.self)
    }

    private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}

extension RunEvent {
    /// The event with every text in it short enough to be recorded.
    ///
    /// Names of steps and artefacts are never as long as that; they are what events are found by.
    package var bounded: RunEvent {
        switch self {
        case .runRequested(var body):
            body.pipeline = body.pipeline.asName
            body.steps = body.steps.map { step in
                PlannedStep(
                    name: step.name.asName, inputs: step.inputs.map(\.asName), outputs: step.outputs.map(\.asName))
            }
            body.from = body.from?.asName
            body.only = body.only?.asName
            // What the run is taken up with is never as long as that.
            body.parameters = body.parameters.mapValues { BoundedText.head($0) }
            body.partition = body.partition.map { BoundedText.head($0) }
            body.tags = body.tags.mapValues { BoundedText.head($0) }
            body.options = body.options?.map { BoundedText.head($0) }
            return .runRequested(body)
        case .runStarted, .runFinished: return self
        case .runFailed(var body):
            body.failedSteps = body.failedSteps.map(\.asName)
            body.blockedSteps = body.blockedSteps.map(\.asName)
            body.message = BoundedText.head(body.message)
            return .runFailed(body)
        case .runCancelled(var body):
            body.interruptedSteps = body.interruptedSteps.map(\.asName)
            return .runCancelled(body)
        case .artefactPublished(var body):
            body.step = body.step.asName
            body.artefact = body.artefact.bounded
            return .artefactPublished(body)
        case .artefactDamaged(var body):
            body.producer = body.producer.asName
            body.artefact = body.artefact.bounded
            return .artefactDamaged(body)
        case .checkEvaluated(var body):
            body.step = body.step.asName
            body.check = body.check.asName
            body.value = body.value?.asName
            body.message = body.message.map { BoundedText.head($0) }
            return .checkEvaluated(body)
        case .notificationSent(var body):
            body.channel = body.channel.asName
            body.failure = body.failure.map { BoundedText.head($0) }
            return .notificationSent(body)
        case .stepScheduled, .stepWaiting, .stepStarted, .stepProgressed, .stepRetried, .stepSkipped, .stepFinished,
            .stepFailed, .stepTimedOut, .stepBlocked:
            return boundedStepEvent
        }
    }

    private var boundedStepEvent: RunEvent {
        switch self {
        case .stepScheduled(var body):
            body.step = body.step.asName
            body.reason = BoundedText.head(body.reason)
            return .stepScheduled(body)
        case .stepWaiting(var body):
            body.step = body.step.asName
            body.limit = body.limit.asName
            return .stepWaiting(body)
        case .stepStarted(var body):
            body.step = body.step.asName
            return .stepStarted(body)
        case .stepProgressed(var body):
            body.step = body.step.asName
            body.progress.message = body.progress.message.asName
            return .stepProgressed(body)
        case .stepRetried(var body):
            body.step = body.step.asName
            body.failure = body.failure.bounded()
            return .stepRetried(body)
        case .stepSkipped(var body):
            body.step = body.step.asName
            body.artefacts = body.artefacts.map(\.bounded)
            return .stepSkipped(body)
        case .stepFinished(var body):
            body.step = body.step.asName
            body.artefacts = body.artefacts.map(\.bounded)
            return .stepFinished(body)
        case .stepFailed(var body):
            body.step = body.step.asName
            body.failure = body.failure.bounded()
            return .stepFailed(body)
        case .stepTimedOut(var body):
            body.step = body.step.asName
            return .stepTimedOut(body)
        case .stepBlocked(var body):
            body.step = body.step.asName
            body.because = body.because.asName
            return .stepBlocked(body)
        case .runRequested, .runStarted, .runFinished, .runFailed, .runCancelled, .artefactPublished,
            .artefactDamaged, .checkEvaluated, .notificationSent:
            return self
        }
    }
}

extension StepFailureRecord {
    /// The record with texts of at most so many bytes.
    func bounded(to limit: Int = BoundedText.messageBytes) -> StepFailureRecord {
        var record = self
        record.kind = Kind(rawValue: kind.rawValue.asName)
        record.message = BoundedText.head(message, limit)
        record.errorType = errorType?.asName
        record.standardErrorTail = standardErrorTail.map { BoundedText.tail($0, limit) }
        return record
    }
}

extension ArtefactReference {
    fileprivate var bounded: ArtefactReference { ArtefactReference(name: name.asName, hash: hash, bytes: bytes) }
}

extension String {
    fileprivate var asName: String { BoundedText.head(self, BoundedText.nameBytes) }
}
