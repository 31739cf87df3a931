package import ArgumentParser
import ByteText
import EventStore
import SennitPipeline

/// `sennit run`: runs a pipeline.
package struct RunCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a pipeline.",
        discussion: """
            Each step runs in a worker process. A step whose inputs, code and configuration have not changed is not \
            run again. A run that failed, was stopped with Ctrl-C or was killed is taken up with --resume: what was \
            finished is not run again.

            A pipeline with partitions runs --for one of them, such as --for 2026-01-31, or for many: \
            --for 2026-01-01..2026-01-31, --for 2026-01 or --for eu,us is a backfill, with one run for each. \
            Partitions that a run has done with the same files, code, configuration and parameters are left out, so \
            the same command goes on where one that was stopped has ended. With --json each partition is one line, \
            and the last line is the sum.

            On a terminal, one line for each step shows how far it is; elsewhere, lines come as things happen. With \
            --json, standard output has one event on each line and nothing else.

            Exit codes: 0 when every step has its outputs, 1 when a step, or one run of a backfill, has failed, \
            130 after Ctrl-C.
            """)

    @Argument(help: "The pipeline. (default: the only one)")
    package var pipeline: String?

    @Flag(help: "Run every step, even if nothing has changed.")
    package var force = false

    @Option(help: "Take up a run that did not end well: its name, the beginning of one, or 'last'.")
    package var resume: String?

    @Flag(help: "Show which steps would run, and why, and do nothing.")
    package var dryRun = false

    @Option(help: "Run this step and all that depend on it, even if nothing has changed.")
    package var from: String?

    @Option(help: "Run this step alone, on what the others have made last.")
    package var only: String?

    @Option(help: "Copy the artefacts that no other step reads, or those of --only, into this directory.")
    package var output: String?

    @Option(help: "How many steps may run at once. (default: as configured, or the processors, at least 3)")
    package var parallel: Int?

    @OptionGroup package var parameters: ParameterOptions

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp(
            "Run for a partition, or for all of a range with both its ends; may be repeated.",
            valueName: "partition|first..last"))
    package var partitions: [String] = []

    @Option(help: "How many runs of a backfill may be under way at once. (default: 1)")
    package var parallelRuns: Int?

    @Option(
        name: .customLong("tag"),
        help: ArgumentHelp(
            "Write a tag on the run, for 'sennit runs --tag'; may be repeated.", valueName: "name=value"))
    package var tags: [String] = []

    @Flag(help: "In a backfill, also run partitions that were done already.")
    package var again = false

    @Flag(help: "Use live sources, where the pipeline has bundled ones too.")
    package var live = false

    @Option(
        help: ArgumentHelp(
            "Tell a Slack-compatible webhook when the run fails: the environment variable that holds its address.",
            valueName: "variable"))
    package var notify: [String] = []

    @Flag(help: "Print one JSON object for each event.")
    package var json = false

    @OptionGroup package var store: StoreOptions

    package init() {}

    package func validate() throws {
        if let parallel { try OptionRange.check(parallel, "parallel", in: OptionRange.processes) }
        for variable in notify where !Self.isVariable(variable) {
            throw ValidationError(
                "--notify takes the name of an environment variable. The address itself is a secret, and does not "
                    + "belong on a command line.")
        }
        if from != nil, only != nil { throw ValidationError("--from and --only exclude each other.") }
        _ = try TagOptions.values(tags)
        if resume != nil, !tags.isEmpty {
            throw ValidationError("--resume goes on with a run that has its tags already; leave --tag out.")
        }
        if let parallelRuns { try OptionRange.check(parallelRuns, "parallel-runs", in: 1...64) }
        if partitions.isEmpty, parallelRuns != nil || again {
            throw ValidationError("--parallel-runs and --again are for the partitions of --for.")
        }
        if resume != nil, !partitions.isEmpty {
            throw ValidationError(
                "--resume goes on with the partition that the run was asked for with; leave --for out.")
        }
        if resume != nil, !parameters.settings.isEmpty {
            throw ValidationError(
                "--resume goes on with the parameters that the run was asked for with; leave --set out.")
        }
        if resume != nil, force || dryRun || from != nil || only != nil {
            throw ValidationError("--resume takes up what was asked for then; it goes with no other choice of steps.")
        }
    }

    @concurrent
    package func run() async throws {
        let channels = try notifications()
        var told = RunFailureNotice(channels)
        do {
            try await run(channels, &told)
        } catch {
            // A run that has ended has told of it itself.
            if !dryRun, RunFailureNotice.isFailure(error) { await told.send(error, pipeline: pipeline) }
            throw error
        }
    }

    private func run(_ channels: [NotificationSettings], _ told: inout RunFailureNotice) async throws {
        var configuration = try store.configuration()
        told.add(configuration.notifications)
        configuration.isLive = live
        let declaration = try PipelineCatalogue.current.declaration(self.pipeline)
        let values = try parameters.values()
        let made = try PipelineCatalogue.current.pipeline(declaration, configuration)
        for note in made.notes { try Console.current.notes.line(note) }
        let whole = try made.setting(values).tagged(TagOptions.values(tags))
        var runner = store.runner(configuration, parallel: parallel, notifications: channels)
        runner.resumeOptions = store.wholeConfiguration + given(output: output.map { FileSystem.wholePath($0) })
        let selection = RunSelection(isForced: force, from: from, only: only)
        let wanted = partitions.isEmpty ? nil : try whole.partitions(in: partitions)
        if wanted != nil, let name = whole.partitions?.parameter.name, values[name] != nil {
            throw CommandError("--for and --set both say what '\(name)' is; leave --set \(name)=… out.")
        }
        if let wanted, wanted.isRange {
            // Its runs copy into folders of their own.
            runner.resumeOptions = store.wholeConfiguration + given(output: nil)
            let options = BackfillOptions(parallelRuns: parallelRuns ?? 1, isAgain: again)
            return try await BackfillRun(
                pipeline: whole, partitions: wanted, selection: selection, options: options, runner: runner,
                output: output, asJSON: json, isRehearsal: dryRun
            ).run()
        }
        let pipeline = try wanted.map { try whole.setting(partition: $0.keys[0]) } ?? whole
        guard !dryRun else {
            return try Console.current.show(try runner.plan(pipeline, selection), asJSON: json)
        }
        let display = RunDisplay(
            pipeline, console: .current, asJSON: json, expectedRows: runner.lastRows(of: pipeline))
        let summary = try await display.showing { [runner] observer in
            guard let resume else { return try await runner.run(pipeline, selection, observer: observer) }
            return try await runner.resume(try runID(resume, runner.layout), of: pipeline, observer: observer)
        }
        told.drop()
        try await conclude(summary, pipeline, declaration, runner)
    }

    /// The run that is meant; nil for the last one of the pipeline.
    private func runID(_ text: String, _ layout: StoreLayout) throws -> RunID? {
        if RunHistory.isNewest(text) { return nil }
        guard let run = RunID(text) else {
            throw CommandError("'\(text)' names no run; 'sennit runs' lists them.")
        }
        guard let history = try RunHistory.openExisting(inStore: layout.root) else { return run }
        defer { try? history.close() }
        return try RunHistory.find(text, in: history)
    }

    /// The channels that the command line names.
    ///
    /// - Throws: ``PipelineError`` for a variable that is not set: better known now than when something has failed.
    private func notifications() throws -> [NotificationSettings] {
        try notify.map { variable in
            let address = Secret.environment(variable)
            _ = try address.reveal()
            return NotificationSettings(name: variable, type: .slack, url: address)
        }
    }

    /// What a run needs again when it is taken up, beside its store and its configuration.
    private func given(output: String?) -> [String] {
        var options: [String] = []
        if live { options.append("--live") }
        if let output { options.append("--output \(RunText.quoted(output))") }
        if let parallel { options.append("--parallel \(parallel)") }
        options += notify.map { "--notify \($0)" }
        return options
    }

    private static func isVariable(_ text: String) -> Bool {
        text.utf8.first.map(ByteText.isDigit) == false
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == 0x5F
            }
    }

    private func conclude(
        _ summary: RunSummary, _ pipeline: Pipeline, _ declaration: PipelineDeclaration, _ runner: PipelineRunner
    ) async throws {
        let store = runner.layout.artefacts
        // Of a step that ran alone, all that it has made is wanted.
        let results = only.map { name in summary.artefacts(of: name) } ?? pipeline.results(of: summary)
        if let output, summary.status == .finished {
            try FileSystem.makeDirectory(output)
            for artefact in results { try store.export(artefact, to: "\(output)/\(artefact.name)") }
        }
        if !json {
            let text = RunSummaryText(
                summary, results: results, options: self.store.given + given(output: output),
                path: { artefact in
                    output.map { "\($0)/\(artefact.name)" } ?? store.path(of: artefact.hash)
                })
            try Console.current.show(text)
            if summary.status == .finished,
                let afterword = try await declaration.afterword(summary, ArtefactPaths(summary, store))
            {
                try Console.current.output.line("\n" + afterword)
            }
        }
        switch summary.status {
        case .finished: return
        case .cancelled: throw CancellationError()
        default: throw ExitCode(1)
        }
    }
}

extension RunSummary {
    func artefacts(of step: String) -> [ArtefactReference] {
        steps.filter { $0.name == step }.flatMap(\.artefacts)
    }
}

extension Pipeline {
    /// The artefacts that no step reads: what the pipeline is for.
    func results(of summary: RunSummary) -> [ArtefactReference] {
        let read = Set(steps.flatMap { $0.inputs.map(\.name) })
        return summary.steps.flatMap(\.artefacts).filter { !read.contains($0.name) }
    }
}
