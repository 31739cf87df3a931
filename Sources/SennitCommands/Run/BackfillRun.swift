import ArgumentParser
import EventStore
import SennitPipeline

/// One run of a pipeline for each of many partitions, as `sennit run --for` does it.
struct BackfillRun: Sendable {
    let pipeline: Pipeline
    let partitions: PartitionSelection
    let selection: RunSelection
    let options: BackfillOptions
    let runner: PipelineRunner
    /// Where artefacts are copied, into a directory for each partition; nil for nowhere.
    let output: String?
    let asJSON: Bool
    /// Whether to say only what would run.
    let isRehearsal: Bool

    /// - Throws: `ExitCode` if a partition has failed, `CancellationError` if the backfill was stopped.
    @concurrent
    func run() async throws {
        guard !isRehearsal else { return try await rehearse() }
        let display = BackfillDisplay(console: .current, asJSON: asJSON)
        let summary = try await display.showing { observer in
            try await runner.backfill(pipeline, partitions, selection, options: options, observer: observer)
        }
        try export(summary)
        let text = BackfillText(summary)
        if asJSON {
            try Console.current.output.line(JSONLine.text(of: text.counts))
        } else {
            for line in text.table.lines { try Console.current.output.line(line) }
            try Console.current.output.line(text.closing)
            if let hint = text.hint { try Console.current.notes.line(hint) }
        }
        if summary.isComplete { return }
        if Task.isCancelled { throw CancellationError() }
        throw ExitCode(1)
    }

    private func rehearse() async throws {
        let isAgain = options.isAgain || selection != RunSelection()
        let plan = try await runner.planBackfill(pipeline, partitions, again: isAgain)
        let output = Console.current.output
        for partition in plan.partitions {
            if asJSON {
                try output.line(JSONLine.text(of: partition))
            } else {
                let action = output.styled(partition.runs ? "run " : "skip", partition.runs ? .bold : .dim)
                try output.line("\(partition.partition)  \(action)  \(partition.reason)")
            }
        }
        guard !asJSON else { return }
        let count = plan.partitions.count { $0.runs }
        try output.line("\(count) of \(plan.partitions.count) partitions would run")
    }

    /// Copies the artefacts of all partitions that are done, by this backfill or before it.
    private func export(_ summary: BackfillSummary) throws {
        guard let output, let history = try RunHistory.openExisting(inStore: runner.layout.root) else { return }
        defer { try? history.close() }
        let store = runner.layout.artefacts
        for partition in summary.partitions where partition.status == .finished || partition.status == .skipped {
            guard let run = partition.run else { continue }
            var done = RunSummary(run: run)
            while true {
                let next = try history.events(in: RunHistory.stream(of: run), after: done.sequence)
                guard !next.isEmpty else { break }
                for event in next { done.take(try RecordedRunEvent(event)) }
            }
            let results = selection.only.map { done.artefacts(of: $0) } ?? pipeline.results(of: done)
            let folder = "\(output)/\(partition.partition)"
            try FileSystem.makeDirectory(folder)
            for artefact in results { try store.export(artefact, to: "\(folder)/\(artefact.name)") }
        }
    }
}
