/// One step of a run as its events tell it.
package struct ShownStep: Codable, Hashable, Sendable {
    /// How a step stands.
    package enum Status: String, Codable, Sendable {
        case waiting, running, finished, cached, failed, blocked, interrupted
    }

    /// One try.
    package struct Attempt: Codable, Hashable, Sendable {
        package var number: Int
        /// Milliseconds since 1970.
        package var started: Int64
        package var ended: Int64?
        package var failure: StepFailureRecord?
    }

    package var name: String
    package var inputs: [String]
    package var status = Status.waiting
    /// Why it had to run.
    package var reason: String?
    /// The tries of all sessions.
    package var attempts: [Attempt] = []
    package var rows: Int64?
    /// The time of its last try.
    package var milliseconds: Int64?
    package var progress: StepProgress?
    package var artefacts: [ArtefactReference] = []
    /// The checks of its last try.
    package var checks: [CheckEvaluated] = []
    /// The step because of which it could not run.
    package var blockedBy: String?
    /// Why it failed, if it did.
    package var failure: StepFailureRecord?

    package init(name: String, inputs: [String]) {
        self.name = name
        self.inputs = inputs
    }

    /// Takes the next event about it in.
    package mutating func apply(_ event: RunEvent, at milliseconds: Int64) {
        switch event {
        case .stepScheduled(let body): reason = body.reason
        case .stepStarted(let body):
            status = .running
            attempts.append(Attempt(number: body.attempt, started: milliseconds))
            (checks, rows, progress, artefacts) = ([], nil, nil, [])
        case .stepProgressed(let body):
            progress = body.progress
            rows = body.progress.rows
        case .stepTimedOut(let body): endAttempt(at: milliseconds, because: .timedOut(after: body.limitMilliseconds))
        case .stepRetried(let body): endAttempt(at: milliseconds, because: body.failure)
        case .stepSkipped(let body):
            status = .cached
            (artefacts, rows) = (body.artefacts, body.rows)
        case .stepFinished(let body):
            status = .finished
            endAttempt(at: milliseconds, because: nil)
            (artefacts, rows, failure, progress) = (body.artefacts, body.rows ?? rows, nil, nil)
            self.milliseconds = body.milliseconds
        case .stepFailed(let body):
            status = .failed
            failure = body.failure
            endAttempt(at: milliseconds, because: body.failure)
        case .stepBlocked(let body): (status, blockedBy) = (.blocked, body.because)
        case .artefactDamaged: (status, artefacts) = (.waiting, [])
        case .checkEvaluated(let body): checks.append(body)
        case .stepWaiting, .artefactPublished, .runRequested, .runStarted, .runFinished, .runFailed, .runCancelled,
            .notificationSent:
            break
        }
    }

    /// Another process takes the run up: what has its outputs keeps them, the rest is tried again.
    package mutating func beginSession() {
        guard status != .finished, status != .cached else { return }
        (status, failure, blockedBy) = (.waiting, nil, nil)
    }

    /// The run has ended: what still ran was stopped.
    package mutating func endSession() {
        if status == .running { status = .interrupted }
    }

    private mutating func endAttempt(at milliseconds: Int64, because failure: StepFailureRecord?) {
        guard let last = attempts.indices.last else { return }
        attempts[last].ended = milliseconds
        if let failure { attempts[last].failure = failure }
        self.milliseconds = milliseconds - attempts[last].started
    }
}

extension StepFailureRecord {
    fileprivate static func timedOut(after milliseconds: Int64) -> StepFailureRecord {
        StepFailureRecord(kind: .timedOut, message: "It ran longer than its \(milliseconds) ms.")
    }
}
