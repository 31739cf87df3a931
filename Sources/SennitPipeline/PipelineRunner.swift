internal import Sennit

/// Runs pipelines, and keeps their artefacts and their history in one directory.
///
/// ```swift
/// let runner = PipelineRunner(store: "/var/lib/prices")
/// let summary = try await runner.run(pipeline)
/// ```
public struct PipelineRunner: Sendable {
    /// The directory for artefacts, the cache and the history; it is made when it is needed.
    public var store: String
    /// How many steps may run at once, each in a worker process of its own.
    public var maximumParallelSteps: Int
    /// Who hears of runs that have ended.
    public var notifiers: [any RunNotifier]
    /// How many steps of each limit may run at once, over all runs and processes on the store.
    ///
    /// It is one for those that are not here. Processes that give a limit different numbers each keep to their own.
    public var limits: [String: Int]
    /// How long a step that is cancelled may take to end before its worker is killed.
    public var cancellationPatience: Duration

    /// The words of a command line with which its runs are taken up as they were asked for; the history keeps them.
    package var resumeOptions: [String]?

    package var openJournal: @Sendable (StoreLayout) throws -> any RunJournal

    /// Makes a runner; nothing is touched yet.
    ///
    /// - Parameters:
    ///   - store: The directory for artefacts, the cache and the history.
    ///   - maximumParallelSteps: How many steps may run at once, from 1; as many as this machine has processors by
    ///     default, and three at least, since steps wait for servers and disks more than they compute.
    ///   - notifiers: Who hears of runs that have ended.
    ///   - limits: How many steps of each limit may run at once, by the limit's name, from 1.
    ///   - cancellationPatience: How long a cancelled step may take to end before its worker is killed.
    public init(
        store: String = ".sennit", maximumParallelSteps: Int? = nil, notifiers: [any RunNotifier] = [],
        limits: [String: Int] = [:], cancellationPatience: Duration = .milliseconds(750)
    ) {
        self.store = store
        self.maximumParallelSteps = max(1, maximumParallelSteps ?? max(3, ProcessIdentity.processorCount))
        self.notifiers = notifiers
        self.limits = limits
        self.cancellationPatience = cancellationPatience
        openJournal = { try HistoryJournal($0) }
    }

    package var layout: StoreLayout { StoreLayout(root: store) }

    /// How many rows the steps have counted last, by their names; what was never run, or counts none, is not there.
    package func lastRows(of pipeline: Pipeline) -> [String: Int64] {
        StepCache(layout, pipeline: pipeline).lastRows(of: pipeline.steps)
    }
}
