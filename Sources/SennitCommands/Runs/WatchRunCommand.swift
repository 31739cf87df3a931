package import ArgumentParser
import ByteText
import Sennit
package import SennitPipeline
import TerminalOutput

/// `sennit runs watch`: a run as it goes.
package struct WatchRunCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Watch a run until it ends, from its first event on.",
        discussion: """
            Without RUN it is the newest run that runs, or else the next one that starts. On a terminal the \
            steps are shown live; elsewhere, and with --json, each event is a line. The run may be in another \
            process: its events arrive within about 5 ms.

            Exits with 0 if the run ends well, and with 1 if it fails, is cancelled, or its process dies.
            """)

    @Argument(help: "The run.")
    package var run: String?

    @OptionGroup package var history: HistoryOptions

    package init() {}

    @concurrent
    package func run() async throws {
        let json = history.json
        let hasEndedWell = try await history.withExistingHistory { store, layout in
            let query = WatchRun(run: run) { layout.isHeld($0) }
            let watched = try await query.answer(from: store)
            var view = RunView(console: .current, asJSON: json, options: history.place.options(toResume:))
            for try await event in watched { try view.show(event) }
            try Task.checkCancellation()
            return try view.finish()
        }
        if !hasEndedWell { throw ExitCode.failure }
    }
}

/// Shows events of a run as they come.
package struct RunView {
    /// Longer lines would wrap on a narrow terminal, and then could not be overwritten.
    private static let width = 79
    private static let interval: UInt64 = 50_000_000

    private let output: OutputChannel
    private let notes: OutputChannel
    private let asJSON: Bool
    /// Options with which a run is taken up.
    private let options: (ShownRun) -> [String]
    private var run = ShownRun()
    private var drawnLines = 0
    private var nextDrawing: UInt64 = 0

    package init(console: Console, asJSON: Bool, options: @escaping (ShownRun) -> [String] = { $0.options ?? [] }) {
        self.options = options
        output = console.output
        notes = console.notes
        self.asJSON = asJSON
    }

    /// Shows the next event.
    package mutating func show(_ event: RecordedRunEvent) throws {
        run.apply(event)
        if asJSON { return try output.line(JSONLine.text(of: event)) }
        guard output.isTerminal else { return try output.line(RunText.line(event)) }
        let now = MonotonicClock.now()
        guard now >= nextDrawing else { return }
        nextDrawing = now + Self.interval
        try draw()
    }

    /// Shows how it has ended.
    ///
    /// - Returns: Whether it has ended well.
    package mutating func finish() throws -> Bool {
        run.interrupt()
        if output.isTerminal, !asJSON { try draw() }
        if run.status == .interrupted {
            try notes.line("The process that ran it has ended, and the run has not.")
        }
        if let name = run.run, run.isResumable {
            try notes.line("Take it up again with: \(RunText.resumption(of: name, run.pipeline, options(run)))")
        }
        return run.status == .finished
    }

    private mutating func draw() throws {
        let lines = [title] + run.steps.map(line(of:))
        let up = drawnLines > 0 ? TerminalOutput.control("\u{1B}[\(drawnLines)A\r\u{1B}[J") : ""
        drawnLines = lines.count
        try output.write(up + lines.joined(separator: "\n") + "\n")
    }

    private var title: String {
        let took = run.milliseconds.map { " in \(RunText.duration($0))" } ?? ""
        return output.styled("\(run.pipeline) \(run.run?.rawValue ?? ""): \(run.status.rawValue)\(took)", .bold)
    }

    private func line(of step: ShownStep) -> String {
        var text = "  \(step.name): \(step.status.rawValue)"
        switch step.status {
        case .running:
            if step.attempts.count > 1 { text += ", attempt \(step.attempts.last?.number ?? 1)" }
            if let progress = step.progress { text += ", \(RunText.progress(progress))" }
        case .finished, .cached:
            if let took = step.milliseconds, step.status == .finished { text += " in \(RunText.duration(took))" }
            if let rows = step.rows { text += ", \(Decimals.text(Int(rows))) rows" }
        case .failed: text += step.failure.map { ": \($0.message)" } ?? ""
        case .blocked: text += step.blockedBy.map { " by \($0)" } ?? ""
        case .waiting, .interrupted: break
        }
        let first = text.bytes.lines.first?.text ?? ""
        let line = String(String(first).onOneLine.prefix(Self.width))
        switch step.status {
        case .failed: return output.styled(line, .bad)
        case .finished, .cached: return output.styled(line, .good)
        default: return line
        }
    }
}
