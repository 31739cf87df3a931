package import EventStore

/// A run as its events tell it.
package struct ShownRun: StreamState, Codable, Hashable {
    /// How a run stands.
    package enum Status: String, Codable, Sendable {
        case waiting, running, finished, failed, cancelled
        /// Its process died before its end.
        case interrupted

        /// Whether no end is recorded.
        var isOpen: Bool { self == .waiting || self == .running }
    }

    /// The time in which one process worked at it.
    package struct Session: Codable, Hashable, Sendable {
        package var number: Int
        package var processID: Int32
        /// Milliseconds since 1970.
        package var started: Int64
        package var ended: Int64?
    }

    package var run: RunID?
    package var pipeline = ""
    package var status = Status.waiting
    /// Milliseconds since 1970.
    package var requested: Int64 = 0
    /// The time of its latest session.
    package var milliseconds: Int64?
    package var isForced = false
    /// What it was limited to, when it was.
    package var from: String?
    package var only: String?
    /// The value of each parameter, as text.
    package var parameters: [String: String] = [:]
    /// The partition that it is about, if it is about one.
    package var partition: String?
    /// What is written on it, by name.
    package var tags: [String: String] = [:]
    /// The words with which it is taken up as it was asked for; nil if they were not kept.
    package var options: [String]?
    package var sessions: [Session] = []
    package var steps: [ShownStep] = []
    /// The first failure, in words.
    package var message: String?
    package var notifications: [NotificationSent] = []
    /// How many events it has.
    package var events = 0

    package init() {}

    package mutating func apply(_ event: RecordedEvent) throws { apply(try RecordedRunEvent(event)) }

    /// Takes the next event in.
    package mutating func apply(_ recorded: RecordedRunEvent) {
        events = recorded.sequence
        switch recorded.event {
        case .runRequested(let body):
            run = recorded.run
            requested = recorded.milliseconds
            pipeline = body.pipeline
            steps = body.steps.map { ShownStep(name: $0.name, inputs: $0.inputs) }
            (isForced, from, only) = (body.isForced, body.from, body.only)
            (parameters, partition, tags) = (body.parameters, body.partition, body.tags)
            options = body.options
        case .runStarted(let body):
            status = .running
            (message, milliseconds) = (nil, nil)
            sessions.append(
                Session(number: body.session, processID: body.processID, started: recorded.milliseconds))
            for index in steps.indices { steps[index].beginSession() }
        case .runFinished(let body): end(.finished, recorded, took: body.milliseconds)
        case .runFailed(let body):
            end(.failed, recorded, took: body.milliseconds)
            message = body.message
        case .runCancelled(let body): end(.cancelled, recorded, took: body.milliseconds)
        case .notificationSent(let body): notifications.append(body)
        default:
            guard let name = recorded.event.step, let index = steps.firstIndex(where: { $0.name == name }) else {
                return
            }
            steps[index].apply(recorded.event, at: recorded.milliseconds)
        }
    }

    /// Nobody runs it any more, although no end is recorded.
    package mutating func interrupt() {
        guard status.isOpen else { return }
        status = .interrupted
        for index in steps.indices { steps[index].endSession() }
    }

    /// Whether it can be taken up again.
    package var isResumable: Bool { [.failed, .cancelled, .interrupted].contains(status) }

    private mutating func end(_ status: Status, _ recorded: RecordedRunEvent, took milliseconds: Int64) {
        self.status = status
        self.milliseconds = milliseconds
        if !sessions.isEmpty { sessions[sessions.count - 1].ended = recorded.milliseconds }
        for index in steps.indices { steps[index].endSession() }
    }
}
