import ByteText
package import SennitPipeline

/// The end of a run in words: a table of its steps, what went wrong, and what can be done.
package struct RunSummaryText: Sendable {
    let summary: RunSummary
    let results: [ArtefactReference]
    /// Options that the run was given, and that it needs to be taken up again.
    let options: [String]
    let path: @Sendable (ArtefactReference) -> String

    package init(
        _ summary: RunSummary, results: [ArtefactReference], options: [String] = [],
        path: @escaping @Sendable (ArtefactReference) -> String
    ) {
        self.summary = summary
        self.results = results
        self.options = options
        self.path = path
    }

    var table: TextTable {
        var table = TextTable(header: ["step", "state", "rows", "bytes", "attempts", "time"])
        for step in summary.steps {
            table.append([
                step.name, step.status.rawValue, step.rows.map { Decimals.text(Int($0)) } ?? "",
                step.artefacts.isEmpty ? "" : Decimals.bytes(step.bytes),
                step.attempts > 1 ? "\(step.attempts)" : "",
                step.status == .finished ? Decimals.duration(seconds: Double(step.milliseconds) / 1000) : "",
            ])
        }
        return table
    }

    /// The checks in one line; nil if there were none.
    var checks: String? {
        let checks = summary.steps.flatMap(\.checks)
        guard !checks.isEmpty else { return nil }
        let counts = CheckOutcome.allCases.compactMap { outcome in
            let count = checks.count { $0.outcome == outcome }
            return count == 0 ? nil : "\(count) \(outcome.rawValue)"
        }
        return "checks: " + counts.joined(separator: ", ")
    }

    var closing: String {
        let seconds = Decimals.duration(seconds: Double(summary.milliseconds) / 1000)
        return switch summary.status {
        case .finished: "run \(summary.run) of '\(summary.pipeline)' finished in \(seconds)"
        case .cancelled: "run \(summary.run) was stopped after \(seconds); take it up with: \(resumption)"
        default:
            "run \(summary.run) failed after \(seconds); when the cause is mended, take it up with: \(resumption)"
        }
    }

    private var resumption: String { RunText.resumption(of: summary.run, summary.pipeline, options) }
}

extension Console {
    /// Writes the end of a run: the table to the results, what went wrong to the notes.
    func show(_ text: RunSummaryText) throws {
        for (index, line) in text.table.lines.enumerated() {
            try output.line(index == 0 ? output.styled(line, .bold) : line)
        }
        if let checks = text.checks { try output.line(checks) }
        for sent in text.summary.notifications { try notes.line(RunText.sentence(.notificationSent(sent))) }
        if text.summary.status == .finished {
            for artefact in text.results {
                try output.line("\(artefact.name): \(text.path(artefact))")
            }
            return try output.line(output.styled(text.closing, .good))
        }
        for step in text.summary.steps where step.status == .failed {
            guard let failure = step.failure else { continue }
            try notes.line(notes.styled("step '\(step.name)' failed: ", .bad) + failure.message)
            if let tail = failure.standardErrorTail { try notes.line("its last words:\n\(tail.indented)") }
        }
        try notes.line(text.closing)
    }

    /// Writes what a run would do.
    func show(_ plan: RunPlan, asJSON: Bool) throws {
        guard !asJSON else { return try output.line(JSONLine.text(of: plan)) }
        let names = plan.steps.map(\.name.count).max() ?? 0
        for step in plan.steps {
            let action = output.styled(step.action.rawValue.padded(to: 8), step.action == .run ? .bold : .dim)
            try output.line("\(step.name.padded(to: names))  \(action) \(step.reason)".trimmingEnd())
        }
    }
}

extension String {
    /// Every line two columns further to the right.
    var indented: String {
        bytes.parts(at: "\n").map { "  \($0)" }.joined(separator: "\n")
    }
}
