internal import EventStore
internal import GRDB

/// What a backfill would do.
public struct BackfillPlan: Sendable, Hashable, Codable {
    /// What would happen to one partition.
    public struct Partition: Sendable, Hashable, Codable {
        /// The partition.
        public var partition: String
        /// Whether a run for it would begin.
        public var runs: Bool
        /// Why, or why not, in words.
        public var reason: String
        /// The run that has done it already, if one has.
        public var run: RunID?
    }

    /// The pipeline.
    public var pipeline: String
    /// The partitions, in the order in which they would run.
    public var partitions: [Partition]
}

extension PipelineRunner {
    /// Says which partitions a backfill would run, without running any.
    ///
    /// A partition is left out if the history has a run of all steps for it that ended well with the same files, code
    /// versions, configurations and parameters.
    ///
    /// - Parameters:
    ///   - pipeline: The pipeline, with the values of its other parameters.
    ///   - partitions: The partitions, as ``Pipeline/partitions(_:)`` gives them.
    ///   - isAgain: Whether those that were done already run again.
    /// - Returns: The plan.
    /// - Throws: ``PipelineError`` for what would keep every run from beginning.
    @concurrent
    public func planBackfill(
        _ pipeline: Pipeline, _ partitions: PartitionSelection, again isAgain: Bool = false
    ) async throws -> BackfillPlan {
        let finished = try await finishedPartitions(of: pipeline)
        let redactor = try pipeline.makeRedactor()
        var fingerprints = RunFingerprint()
        var plan = BackfillPlan(pipeline: pipeline.name, partitions: [])
        for key in partitions.keys {
            let one = try pipeline.setting(partition: key)
            try one.checkValues(redactor)
            var entry = BackfillPlan.Partition(partition: key, runs: true, reason: "it has not ended well before")
            if let done = finished[key] {
                entry.run = done.run
                let isSame = try done.fingerprint == fingerprints.of(one)
                entry.runs = isAgain || !isSame
                entry.reason =
                    isSame
                    ? isAgain ? "it was asked for again" : "run \(done.run) has done it"
                    : "something has changed since run \(done.run)"
            }
            plan.partitions.append(entry)
        }
        return plan
    }

    private func finishedPartitions(of pipeline: Pipeline) async throws -> [String: FinishedPartition] {
        do {
            guard let history = try RunHistory.openExisting(inStore: layout.root) else { return [:] }
            defer { try? history.close() }
            return try await history.query(FinishedPartitionsProjection()) { db, tables in
                try FinishedPartitionsProjection.newest(of: pipeline.name, in: db, tables)
            }
        } catch let error as EventStoreError {
            throw PipelineError(.historyFailed, "The history of runs in '\(layout.root)' cannot be read.", cause: error)
        }
    }
}

extension Pipeline {
    /// The pipeline for one partition.
    package func setting(partition key: String) throws -> Pipeline {
        guard let partitions else { return self }
        return try setting([partitions.parameter.name: key])
    }
}
