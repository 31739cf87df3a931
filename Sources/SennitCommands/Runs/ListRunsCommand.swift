package import ArgumentParser
package import SennitPipeline

/// `sennit runs`: the newest runs.
package struct ListRunsCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the newest runs.")

    @Option(help: "Only runs of this pipeline.")
    package var pipeline: String?

    @Option(help: "Only runs that stand so: running, interrupted, finished, failed or cancelled.")
    package var status: String?

    @Option(help: "Only runs that are about this partition, such as 2026-01-31.")
    package var partition: String?

    @Option(
        name: .customLong("tag"),
        help: ArgumentHelp(
            "Only runs with this tag; may be repeated, for runs with all of them.", valueName: "name=value"))
    package var tags: [String] = []

    @Option(help: "How many at most.")
    package var limit = 20

    @OptionGroup package var history: HistoryOptions

    package init() {}

    package func validate() throws {
        try OptionRange.check(limit, "limit", in: 1...100_000)
        _ = try TagOptions.values(tags)
        if let status, ListedRun.Status(rawValue: status) == nil {
            let names = ListedRun.Status.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--status is '\(status)'; it is one of \(names).")
        }
    }

    @concurrent
    package func run() async throws {
        let query = ListRuns(
            pipeline: pipeline, status: status.flatMap(ListedRun.Status.init(rawValue:)), partition: partition,
            tags: try TagOptions.values(tags), limit: limit)
        let (runs, place) = try await history.withHistory { store, layout in
            guard let store else { return ([ListedRun](), layout.root) }
            return (try await query.answer(from: store, isHeld: layout.isHeld), layout.root)
        }
        let output = Console.current.output
        if history.json {
            for run in runs { try output.line(JSONLine.text(of: run)) }
        } else if runs.isEmpty {
            try output.line("No runs in '\(place)'.")
        } else {
            for line in Self.table(of: runs).lines { try output.line(line) }
        }
    }

    /// The table that is shown.
    package static func table(of runs: [ListedRun]) -> TextTable {
        // Most pipelines have nothing to set: they need no column for it.
        let hasTags = runs.contains { !$0.tags.isEmpty }
        let hasValues = runs.contains { !$0.parameters.isEmpty }
        var table = TextTable(
            header: ["RUN", "PIPELINE", "STATUS", "BEGAN", "TOOK", "STEPS", "RETRIES", "CHECKS"]
                + (hasValues ? ["WITH"] : []) + (hasTags ? ["TAGS"] : []))
        for run in runs {
            let done = run.count(.finished, .cached)
            let cached = run.count(.cached)
            let cells = [
                run.run.rawValue, run.pipeline, run.status.rawValue, RunText.time(run.requested),
                run.milliseconds.map(RunText.duration) ?? "-",
                "\(done)/\(run.steps.count)" + (cached > 0 ? " (\(cached) cached)" : ""), "\(run.retries)",
                run.failedChecks > 0 ? "\(run.failedChecks) failed" : run.checks > 0 ? "ok" : "-",
            ]
            table.append(
                cells + (hasValues ? [RunValues.short(run.parameters)] : [])
                    + (hasTags ? [RunValues.short(run.tags)] : []))
        }
        return table
    }
}
