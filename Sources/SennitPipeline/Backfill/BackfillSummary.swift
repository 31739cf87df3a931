/// How a backfill has ended.
public struct BackfillSummary: Sendable, Hashable, Codable {
    /// What became of a partition.
    public enum Status: String, Sendable, Hashable, Codable, CaseIterable {
        /// Its run has ended well.
        case finished
        /// An earlier run had done it.
        case skipped
        /// Its run has failed, or could not begin.
        case failed
        /// Its run was stopped on request.
        case cancelled
        /// The backfill has ended before its turn came.
        case waiting
    }

    /// What became of one partition.
    public struct Partition: Sendable, Hashable, Codable {
        /// The partition.
        public var partition: String
        /// What became of it.
        public var status = Status.waiting
        /// The run that was for it, or that had done it before.
        public var run: RunID?
        /// The time that the run took.
        public var milliseconds: Int64?
        /// Steps that ran.
        public var stepsRun = 0
        /// Steps whose outputs came from the cache.
        public var stepsFromCache = 0
        /// Why it failed, in words.
        public var message: String?

        package init(partition: String, status: Status = .waiting, run: RunID? = nil) {
            self.partition = partition
            self.status = status
            self.run = run
        }
    }

    /// The pipeline.
    public var pipeline: String
    /// The partitions, in the order in which they were asked for.
    public var partitions: [Partition]
    /// The time that it took.
    public var milliseconds: Int64 = 0

    /// How many partitions have come to this.
    public func count(_ status: Status) -> Int { partitions.count { $0.status == status } }

    /// Whether every partition is done.
    public var isComplete: Bool { partitions.allSatisfy { $0.status == .finished || $0.status == .skipped } }
}

/// What an observer of a backfill is told while it runs.
public enum BackfillNotice: Sendable, Hashable {
    /// Which partitions will run; comes first.
    case planned(BackfillPlan)
    /// A run for a partition begins.
    case began(partition: String)
    /// Something has happened in the run for a partition.
    case run(partition: String, RunNotice)
    /// A partition is done, or has failed.
    case ended(BackfillSummary.Partition)
}

/// Is told what happens in a backfill; notices of one run come in order.
///
/// It must not block, and is called from several threads at once if several runs are under way.
public typealias BackfillObserver = @Sendable (BackfillNotice) -> Void
