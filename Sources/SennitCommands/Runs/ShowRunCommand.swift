package import ArgumentParser
package import SennitPipeline

/// `sennit runs show`: one run in full.
package struct ShowRunCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one run: its steps, attempts, artefacts, checks and failures.")

    @Argument(help: "The run.")
    package var run = "latest"

    @Option(help: ArgumentHelp("Show how it stood at this event of it.", valueName: "event"))
    package var upTo: Int?

    @OptionGroup package var history: HistoryOptions

    package init() {}

    package func validate() throws {
        if let upTo { try OptionRange.check(upTo, "up-to", in: 1...1_000_000_000) }
    }

    @concurrent
    package func run() async throws {
        let query = ShowRun(run: run, upTo: upTo)
        let shown = try await history.withExistingHistory { store, layout in
            try query.answer(from: store, isHeld: layout.isHeld)
        }
        let output = Console.current.output
        if history.json { return try output.line(JSONLine.text(of: shown)) }
        let text = ShownRunText(run: shown, options: history.place.options(toResume: shown))
        for line in text.lines(on: output) { try output.line(line) }
    }
}

extension StoreOptions {
    /// The options with which a run is taken up: those that it was given, and the store in which it is.
    func options(toResume run: ShownRun) -> [String] {
        guard let options = run.options else { return given }
        return givenStore + options
    }
}

/// A run as text.
package struct ShownRunText {
    private let run: ShownRun
    /// Options with which the run is taken up.
    private let options: [String]

    package init(run: ShownRun, options: [String] = []) {
        self.run = run
        self.options = options
    }

    /// All of it.
    package func lines(on channel: OutputChannel) -> [String] {
        header(on: channel) + [""] + table.lines + section("Artefacts", artefacts) + section("Checks", checks)
            + section("Failures", failures) + section("Notifications", notifications) + resumption
    }

    /// How to go on, where there is something to go on with.
    private var resumption: [String] {
        guard let name = run.run, run.isResumable else { return [] }
        return ["", "Take it up again with: \(RunText.resumption(of: name, run.pipeline, options))"]
    }

    private func header(on channel: OutputChannel) -> [String] {
        let title = "\(run.pipeline) \(run.run?.rawValue ?? "")"
        var facts = "\(run.status.rawValue), began \(RunText.time(run.requested))"
        if let took = run.milliseconds { facts += ", took \(RunText.duration(took))" }
        let resumptions = run.sessions.count - 1
        if resumptions > 0 { facts += ", resumed " + (resumptions == 1 ? "once" : "\(resumptions) times") }
        if run.isForced { facts += ", forced" }
        if let only = run.only { facts += ", only \(only)" }
        if let from = run.from { facts += ", from \(from)" }
        let style: TextStyle = run.status == .finished ? .good : run.status == .failed ? .bad : .dim
        return [channel.styled(title, .bold), channel.styled(facts, style)]
            + (run.parameters.isEmpty ? [] : ["with \(RunValues.text(run.parameters))"])
            + (run.tags.isEmpty ? [] : ["tagged \(RunValues.text(run.tags))"])
            + (run.message.map { [$0] } ?? [])
    }

    private var table: TextTable {
        var table = TextTable(header: ["STEP", "STATUS", "TRIES", "TOOK", "ROWS", "BYTES", "WHY"])
        for step in run.steps {
            let bytes = step.artefacts.reduce(0) { $0 + $1.bytes }
            table.append([
                step.name, step.status.rawValue, "\(step.attempts.count)",
                step.milliseconds.map(RunText.duration) ?? "-", step.rows.map { Decimals.text(Int($0)) } ?? "-",
                step.artefacts.isEmpty ? "-" : Decimals.bytes(bytes),
                step.blockedBy.map { "'\($0)' failed" } ?? step.reason ?? "",
            ])
        }
        return table
    }

    private var artefacts: [String] {
        run.steps.flatMap { step in
            step.artefacts.map { "\($0.name) of \(step.name): \(Decimals.bytes($0.bytes)), \($0.hash.short)" }
        }
    }

    private var checks: [String] {
        run.steps.flatMap { step in
            step.checks.map { check in
                let value = check.value.map { ": \($0)" } ?? ""
                return "\(check.outcome.rawValue) \(step.name): \(check.check)\(value)"
                    + (check.message.map { " (\($0))" } ?? "")
            }
        }
    }

    private var failures: [String] {
        run.steps.flatMap { step in
            step.attempts.compactMap { attempt in
                attempt.failure.map { failure in
                    let tail = failure.standardErrorTail.map { "\n\($0)" } ?? ""
                    return "\(step.name), attempt \(attempt.number): \(failure.message)\(tail)"
                }
            }
        }
    }

    private var notifications: [String] {
        run.notifications.map { RunText.sentence(.notificationSent($0)) }
    }

    private func section(_ title: String, _ lines: [String]) -> [String] {
        lines.isEmpty ? [] : ["", "\(title):"] + lines.map { "  \($0)" }
    }
}
