/// How a run has ended.
public struct RunSummary: Sendable, Hashable, Codable {
    /// What has become of a run or a step.
    public enum Status: String, Sendable, Hashable, Codable {
        /// It has not begun.
        case waiting
        /// It runs, or has been left in the middle.
        case running
        /// It has its outputs, because it ran.
        case finished
        /// It has its outputs, from the cache.
        case cached
        /// It has failed.
        case failed
        /// It cannot run because another step failed.
        case blocked
        /// It was stopped on request.
        case cancelled
    }

    /// What has become of one step.
    public struct Step: Sendable, Hashable, Codable {
        /// The step.
        public var name: String
        /// Where it stands.
        public var status = Status.waiting
        /// Attempts in the latest session.
        public var attempts = 0
        /// Rows that it has counted, if any.
        public var rows: Int64?
        /// The time of its last attempt.
        public var milliseconds: Int64 = 0
        /// Its outputs.
        public var artefacts: [ArtefactReference] = []
        /// Its checks, in the latest attempt.
        public var checks: [CheckEvaluated] = []
        /// Why it failed last.
        public var failure: StepFailureRecord?
        /// Why it ran.
        public var reason: String?

        /// The size of its outputs.
        public var bytes: Int64 { artefacts.reduce(0) { $0 + $1.bytes } }
    }

    /// The run.
    public var run: RunID
    /// Its pipeline.
    public var pipeline = ""
    /// How it stands.
    public var status = Status.waiting
    /// Its steps, each after those whose artefacts it reads.
    public var steps: [Step] = []
    /// The time of the latest session.
    public var milliseconds: Int64 = 0
    /// The first failure, in words.
    public var message: String?
    /// Notifications about it.
    public var notifications: [NotificationSent] = []
    /// The last event's place in the run.
    public var sequence = 0

    /// A run of which nothing is known yet.
    package init(run: RunID) { self.run = run }

    /// A run as its events tell it.
    package init(run: RunID, events: [RecordedRunEvent]) {
        self.init(run: run)
        for event in events { take(event) }
    }

    /// Takes the next event in.
    package mutating func take(_ recorded: RecordedRunEvent) {
        sequence = recorded.sequence
        switch recorded.event {
        case .runRequested(let body):
            pipeline = body.pipeline
            steps = body.steps.map { Step(name: $0.name) }
        case .runStarted: begin()
        case .runFinished(let body): end(.finished, body.milliseconds)
        case .runFailed(let body):
            end(.failed, body.milliseconds)
            message = body.message
        case .runCancelled(let body): end(.cancelled, body.milliseconds)
        case .notificationSent(let body): notifications.append(body)
        default:
            guard let name = recorded.event.step, let index = steps.firstIndex(where: { $0.name == name }) else {
                return
            }
            steps[index].take(recorded.event)
        }
    }

    private mutating func begin() {
        status = .running
        message = nil
        for index in steps.indices where ![.finished, .cached].contains(steps[index].status) {
            steps[index] = Step(name: steps[index].name)
        }
    }

    private mutating func end(_ status: Status, _ milliseconds: Int64) {
        self.status = status
        self.milliseconds = milliseconds
        for index in steps.indices where steps[index].status == .running { steps[index].status = .cancelled }
    }
}

extension RunSummary.Step {
    mutating func take(_ event: RunEvent) {
        switch event {
        case .stepScheduled(let body): reason = body.reason
        case .stepStarted(let body):
            status = .running
            attempts = body.attempt
            checks = []
            rows = nil
        case .stepProgressed(let body): rows = body.progress.rows
        case .stepRetried(let body): failure = body.failure
        case .stepSkipped(let body):
            status = .cached
            artefacts = body.artefacts
            rows = body.rows
        case .stepFinished(let body):
            status = .finished
            failure = nil
            artefacts = body.artefacts
            rows = body.rows
            milliseconds = body.milliseconds
        case .stepFailed(let body):
            status = .failed
            failure = body.failure
        case .stepBlocked: status = .blocked
        case .artefactDamaged:
            status = .waiting
            artefacts = []
        case .checkEvaluated(let body): checks.append(body)
        default: break
        }
    }
}
