import Sennit

/// How a backfill goes.
public struct BackfillOptions: Sendable, Hashable {
    /// How many runs may be under way at once, from 1; each has as many steps at once as the runner allows.
    public var parallelRuns: Int
    /// Whether partitions that were done already run again.
    public var isAgain: Bool

    /// Makes options.
    public init(parallelRuns: Int = 1, isAgain: Bool = false) {
        self.parallelRuns = max(1, parallelRuns)
        self.isAgain = isAgain
    }
}

extension PipelineRunner {
    /// Runs a pipeline for many partitions: one run for each, a bounded number at once, in the order given.
    ///
    /// Partitions that an earlier run has done with the same files, code, configuration and parameters are left out, so
    /// the same call goes on where one that was stopped has ended. A failure keeps no other partition from running,
    /// unless the store itself fails. When the calling task is cancelled, the runs that are under way are stopped as
    /// runs are, no other begins, and the function returns.
    ///
    /// - Parameters:
    ///   - pipeline: The pipeline, with the values of its other parameters.
    ///   - partitions: The partitions, as ``Pipeline/partitions(_:)`` gives them.
    ///   - selection: Which steps of each run; one that forces steps, or names some, leaves no partition out.
    ///   - options: How many runs at once, and whether those that were done run again.
    ///   - observer: Is told what happens.
    /// - Returns: What became of each partition.
    /// - Throws: ``PipelineError`` when nothing can begin.
    @concurrent
    public func backfill(
        _ pipeline: Pipeline, _ partitions: PartitionSelection, _ selection: RunSelection = RunSelection(),
        options: BackfillOptions = BackfillOptions(), observer: @escaping BackfillObserver = { _ in }
    ) async throws -> BackfillSummary {
        let start = MonotonicClock.now()
        let isAgain = options.isAgain || selection != RunSelection()
        let plan = try await planBackfill(pipeline, partitions, again: isAgain)
        // What is wrong with the selection is wrong in every run.
        _ = try selection.demands(in: pipeline)
        observer(.planned(plan))
        var summary = BackfillSummary(
            pipeline: pipeline.name,
            partitions: plan.partitions.map {
                BackfillSummary.Partition(
                    partition: $0.partition, status: $0.runs ? .waiting : .skipped, run: $0.runs ? nil : $0.run)
            })
        let session = BackfillSession(runner: self, pipeline: pipeline, selection: selection, observer: observer)
        var machine = BackfillMachine(
            partitions: plan.partitions.count,
            skipped: Set(plan.partitions.indices.filter { !plan.partitions[$0].runs }),
            maximumRuns: options.parallelRuns)
        await withTaskGroup(of: (Int, BackfillSummary.Partition, BackfillMachine.End).self) { group in
            var actions = machine.handle(Task.isCancelled ? .cancel : .begin)
            while true {
                for action in actions {
                    guard case .start(let place) = action else { continue }
                    let key = summary.partitions[place].partition
                    group.addTask {
                        let (entry, end) = await session.run(key)
                        return (place, entry, end)
                    }
                }
                guard !actions.contains(.finish), let (place, entry, end) = await group.next() else { return }
                summary.partitions[place] = entry
                observer(.ended(entry))
                actions = Task.isCancelled ? machine.handle(.cancel) : []
                actions += machine.handle(.ended(partition: place, end))
            }
        }
        summary.milliseconds = Int64((MonotonicClock.now() - start) / 1_000_000)
        return summary
    }
}

/// Runs partitions one by one.
private struct BackfillSession: Sendable {
    let runner: PipelineRunner
    let pipeline: Pipeline
    let selection: RunSelection
    let observer: BackfillObserver

    func run(_ key: String) async -> (BackfillSummary.Partition, BackfillMachine.End) {
        var entry = BackfillSummary.Partition(partition: key)
        observer(.began(partition: key))
        do {
            let summary = try await runner.run(pipeline.setting(partition: key), selection) { [observer] notice in
                observer(.run(partition: key, notice))
            }
            entry.run = summary.run
            entry.milliseconds = summary.milliseconds
            entry.stepsRun = summary.steps.count { $0.status == .finished }
            entry.stepsFromCache = summary.steps.count { $0.status == .cached }
            entry.message = summary.message
            switch summary.status {
            case .finished:
                entry.status = .finished
                return (entry, .finished)
            case .cancelled:
                entry.status = .cancelled
                return (entry, .cancelled)
            case .waiting, .running, .cached, .failed, .blocked:
                entry.status = .failed
                return (entry, .failed)
            }
        } catch is CancellationError {
            entry.status = .cancelled
            return (entry, .cancelled)
        } catch {
            entry.status = .failed
            entry.message = "\(error)"
            let code = (error as? PipelineError)?.code
            return (entry, code == .storeUnavailable || code == .historyFailed ? .impossible : .failed)
        }
    }
}
