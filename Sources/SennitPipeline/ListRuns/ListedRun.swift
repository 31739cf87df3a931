/// One line of the list of runs.
package struct ListedRun: Codable, Hashable, Sendable {
    /// How a run stands.
    package enum Status: String, Codable, Sendable, CaseIterable {
        /// It was asked for, and no process has taken it up.
        case waiting
        /// A process has taken it up, and no end is recorded.
        case running
        /// A process had taken it up and died before its end; it can be taken up again.
        case interrupted
        case finished, failed, cancelled

        /// Whether no end is recorded.
        var isOpen: Bool { self == .waiting || self == .running }
    }

    /// How one of its steps stands.
    package enum StepStatus: String, Codable, Sendable {
        case waiting, running, finished, cached, failed, blocked
    }

    package var run: RunID
    package var pipeline: String
    package var status = Status.waiting
    /// Milliseconds since 1970.
    package var requested: Int64
    /// When it ended last, in milliseconds since 1970; nil while it runs.
    package var ended: Int64?
    /// How long its latest session took; nil while it runs.
    package var milliseconds: Int64?
    /// How often a process has taken it up.
    package var sessions = 0
    package var steps: [String: StepStatus]
    /// The value of each parameter, as text.
    package var parameters: [String: String]
    /// The partition that it is about, if it is about one.
    package var partition: String?
    /// What is written on it, by name.
    package var tags: [String: String]
    /// How often a step was tried again.
    package var retries = 0
    /// Checks that were made, in the latest session.
    package var checks = 0
    /// Checks that failed or could not be made, in the latest session.
    package var failedChecks = 0
    /// The first failure, in words.
    package var message: String?

    /// A run that was asked for.
    package init(run: RunID, requested: Int64, _ body: RunRequested) {
        self.run = run
        pipeline = body.pipeline
        self.requested = requested
        parameters = body.parameters
        partition = body.partition
        tags = body.tags
        steps = Dictionary(body.steps.map { ($0.name, .waiting) }) { first, _ in first }
    }

    /// How many steps stand so.
    package func count(_ statuses: StepStatus...) -> Int { steps.values.count { statuses.contains($0) } }

    /// Takes the next event in.
    package mutating func apply(_ event: RunEvent, at milliseconds: Int64) {
        switch event {
        case .runStarted: begin()
        case .runFinished(let body): end(.finished, at: milliseconds, took: body.milliseconds)
        case .runFailed(let body):
            end(.failed, at: milliseconds, took: body.milliseconds)
            message = body.message
        case .runCancelled(let body): end(.cancelled, at: milliseconds, took: body.milliseconds)
        case .stepStarted(let body): steps[body.step] = .running
        case .stepRetried: retries += 1
        case .stepSkipped(let body): steps[body.step] = .cached
        case .stepFinished(let body): steps[body.step] = .finished
        case .stepFailed(let body): steps[body.step] = .failed
        case .stepBlocked(let body): steps[body.step] = .blocked
        case .artefactDamaged(let body): steps[body.producer] = .waiting
        case .checkEvaluated(let body):
            checks += 1
            failedChecks += [.fail, .error].contains(body.outcome) ? 1 : 0
        case .runRequested, .stepScheduled, .stepWaiting, .stepProgressed, .stepTimedOut, .artefactPublished,
            .notificationSent:
            break
        }
    }

    /// Nobody runs it any more, although no end is recorded.
    mutating func interrupt() {
        status = .interrupted
        for (name, status) in steps where status == .running { steps[name] = .waiting }
    }

    private mutating func begin() {
        status = .running
        sessions += 1
        (ended, milliseconds, message, checks, failedChecks) = (nil, nil, nil, 0, 0)
        for (name, status) in steps where status != .finished && status != .cached { steps[name] = .waiting }
    }

    private mutating func end(_ status: Status, at moment: Int64, took milliseconds: Int64) {
        self.status = status
        ended = moment
        self.milliseconds = milliseconds
        for (name, status) in steps where status == .running { steps[name] = .waiting }
    }
}
