import ByteText
package import SennitPipeline

/// Tells a run in plain lines, one for each thing that matters.
package struct RunNarrator: Sendable {
    private static let interval: UInt64 = 5_000_000_000

    private var lastProgress: [String: UInt64] = [:]

    package init() {}

    /// The line for what has happened, or nil when it is not worth one.
    package mutating func line(for notice: RunNotice, now: UInt64) -> String? {
        switch notice {
        case .takenUp(let summary): RunNarrator.line(for: summary)
        case .progress(let step, _, let progress): progressLine(step, progress, now: now)
        case .event(let recorded): RunNarrator.line(for: recorded)
        }
    }

    /// Now and then.
    private mutating func progressLine(_ step: String, _ progress: StepProgress, now: UInt64) -> String? {
        guard let last = lastProgress[step] else {
            lastProgress[step] = now
            return nil
        }
        guard now &- last >= RunNarrator.interval else { return nil }
        lastProgress[step] = now
        var text = "\(step): \(Decimals.text(Int(progress.rows))) rows"
        if let fraction = progress.fraction { text += " (\(Int(fraction * 100)) %)" }
        if let bytes = progress.bytes { text += ", \(Decimals.bytes(bytes))" }
        return progress.message.isEmpty ? text : "\(text), \(progress.message)"
    }

    private static func line(for recorded: RecordedRunEvent) -> String? {
        switch recorded.event {
        case .runRequested(let body):
            "run \(recorded.run) of '\(body.pipeline)': \(body.steps.count) step\(body.steps.count == 1 ? "" : "s")"
                + (body.parameters.isEmpty ? "" : ", with \(RunValues.text(body.parameters))")
        case .stepScheduled(let body): "\(body.step): runs, because \(body.reason)"
        case .stepWaiting(let body): "\(body.step): waits for limit '\(body.limit)' (\(body.maximum) at once)"
        case .stepSkipped(let body): "\(body.step): from the cache"
        case .stepRetried(let body):
            "\(body.step): attempt \(body.failedAttempt) failed: \(firstLine(of: body.failure)) "
                + "The next one comes in \(Decimals.duration(seconds: Double(body.delayMilliseconds) / 1000))."
        case .stepFinished(let body): finished(body)
        case .stepFailed(let body): "\(body.step): failed: \(firstLine(of: body.failure))"
        case .stepBlocked(let body): "\(body.step): cannot run, because '\(body.because)' did not end well"
        case .artefactDamaged(let body):
            "\(body.producer): runs again, because its output '\(body.artefact.name)' was damaged"
        case .checkEvaluated(let body):
            body.outcome == .pass
                ? nil
                : "\(body.step): check '\(body.check)': \(body.outcome.rawValue)"
                    + (body.message.map { " (\($0.bytes.lines.first ?? ""))" } ?? "")
        case .runStarted, .runFinished, .runFailed, .runCancelled, .stepStarted, .stepProgressed, .stepTimedOut,
            .artefactPublished, .notificationSent:
            nil
        }
    }

    /// The rest is told at the end of the run.
    private static func firstLine(of failure: StepFailureRecord) -> String {
        let line = failure.message.bytes.lines.first ?? ""
        return line.hasEnd(".") || line.hasEnd(":") ? line.string : "\(line)."
    }

    private static func line(for summary: RunSummary) -> String {
        let done = summary.steps.count { [.finished, .cached].contains($0.status) }
        return "run \(summary.run) is taken up again: \(done) of \(summary.steps.count) steps are done"
    }

    private static func finished(_ body: StepFinished) -> String {
        var text = "\(body.step): done in \(Decimals.duration(seconds: Double(body.milliseconds) / 1000))"
        if let rows = body.rows { text += ", \(Decimals.text(Int(rows))) rows" }
        let bytes = body.artefacts.reduce(0) { $0 + $1.bytes }
        return body.artefacts.isEmpty ? text : "\(text), \(Decimals.bytes(bytes))"
    }
}
