/// What is told about a run that has ended.
public struct RunNotification: Sendable, Hashable, Codable {
    /// The pipeline.
    public var pipeline: String
    /// The run.
    public var run: RunID
    /// How it has ended.
    public var status: RunSummary.Status
    /// The first failure, in words; secrets are taken out.
    public var message: String
    /// The steps that failed.
    public var failedSteps: [String]
    /// The time since the run was last taken up.
    public var milliseconds: Int64

    /// Makes a notification.
    public init(
        pipeline: String, run: RunID, status: RunSummary.Status, message: String, failedSteps: [String],
        milliseconds: Int64
    ) {
        self.pipeline = pipeline
        self.run = run
        self.status = status
        self.message = message
        self.failedSteps = failedSteps
        self.milliseconds = milliseconds
    }
}

/// A channel on which people hear of runs.
public protocol RunNotifier: Sendable {
    /// The channel's name in the history; never its address.
    var name: String { get }

    /// Whether it wants to hear of runs that have ended so.
    func wants(_ status: RunSummary.Status) -> Bool

    /// Sends a notification, within a bounded time.
    ///
    /// - Parameter notification: What has happened.
    /// - Returns: What came of it. It does not throw: a channel that is broken is no fault of the run.
    func send(_ notification: RunNotification) async -> NotificationSent
}
