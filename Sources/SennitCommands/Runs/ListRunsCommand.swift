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

    @Option(help: "How many at most.")
    package var limit = 20

    @OptionGroup package var history: HistoryOptions

    package init() {}

    package func validate() throws {
        try OptionRange.check(limit, "limit", in: 1...100_000)
        if let status, ListedRun.Status(rawValue: status) == nil {
            let names = ListedRun.Status.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--status is '\(status)'; it is one of \(names).")
        }
    }

    @concurrent
    package func run() async throws {
        let query = ListRuns(
            pipeline: pipeline, status: status.flatMap(ListedRun.Status.init(rawValue:)), limit: limit)
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
        var table = TextTable(header: ["RUN", "PIPELINE", "STATUS", "BEGAN", "TOOK", "STEPS", "RETRIES", "CHECKS"])
        for run in runs {
            let done = run.count(.finished, .cached)
            let cached = run.count(.cached)
            table.append([
                run.run.rawValue, run.pipeline, run.status.rawValue, RunText.time(run.requested),
                run.milliseconds.map(RunText.duration) ?? "-",
                "\(done)/\(run.steps.count)" + (cached > 0 ? " (\(cached) cached)" : ""), "\(run.retries)",
                run.failedChecks > 0 ? "\(run.failedChecks) failed" : run.checks > 0 ? "ok" : "-",
            ])
        }
        return table
    }
}
