import ByteText
package import SennitPipeline

/// How the parts of a run are written for people.
package enum RunText {
    /// A moment, such as "2025-04-21 14:30:12".
    package static func time(_ milliseconds: Int64) -> String {
        CalendarTime(milliseconds: milliseconds).text.prefix(19).map { $0 == "T" ? " " : String($0) }.joined()
    }

    /// The time of a day, such as "14:30:12.007".
    package static func clock(_ milliseconds: Int64) -> String {
        String(CalendarTime(milliseconds: milliseconds).text.dropFirst(11).dropLast())
    }

    /// A length of time: milliseconds for short ones.
    package static func duration(_ milliseconds: Int64) -> String {
        milliseconds < 1000 ? "\(milliseconds) ms" : Decimals.duration(seconds: Double(milliseconds) / 1000)
    }

    /// How far a step has come, such as "120,000 of 500,000 rows (24 %), eu-central-1".
    package static func progress(_ progress: StepProgress) -> String {
        var text = Decimals.text(Int(progress.rows))
        if let total = progress.totalRows { text += " of \(Decimals.text(Int(total)))" }
        text += " rows"
        if let fraction = progress.fraction { text += " (\(Int(fraction * 100)) %)" }
        if let bytes = progress.bytes { text += ", \(Decimals.bytes(bytes))" }
        return progress.message.isEmpty ? text : text + ", \(progress.message)"
    }

    /// The command that goes on with a run that did not end well; options come as a shell takes them.
    package static func resumption(of run: RunID, _ pipeline: String, _ options: [String] = []) -> String {
        (["sennit run \(pipeline) --resume \(run)"] + options).joined(separator: " ")
    }

    /// A word as a shell takes it.
    package static func quoted(_ word: String) -> String { ShellWord.quoted(word) }

    /// What an event says, without its step and its time.
    package static func sentence(_ event: RunEvent) -> String {
        switch event {
        case .runRequested(let body):
            "run of '\(body.pipeline)' requested, \(body.steps.count) steps"
                + (body.parameters.isEmpty ? "" : ", with \(RunValues.text(body.parameters))")
        case .runStarted(let body): "run started by process \(body.processID)"
        case .runFinished(let body):
            "run finished in \(duration(body.milliseconds)): \(body.stepsRun) steps ran, "
                + "\(body.stepsFromCache) cached"
        case .runFailed(let body): "run failed after \(duration(body.milliseconds)): \(body.message)"
        case .runCancelled(let body): "run cancelled after \(duration(body.milliseconds))"
        case .stepScheduled(let body): "scheduled: \(body.reason)"
        case .stepWaiting(let body): "waits for limit '\(body.limit)', \(body.maximum) at once"
        case .stepStarted(let body): "started" + (body.attempt > 1 ? ", attempt \(body.attempt)" : "")
        case .stepProgressed(let body): progress(body.progress)
        case .stepRetried(let body):
            "attempt \(body.failedAttempt) failed, again in \(duration(body.delayMilliseconds)): "
                + body.failure.message
        case .stepSkipped: "cached"
        case .stepFinished(let body):
            "finished in \(duration(body.milliseconds))"
                + (body.rows.map { ", \(Decimals.text(Int($0))) rows" } ?? "")
        case .stepFailed(let body): "failed: \(body.failure.message)"
        case .stepTimedOut(let body): "ran longer than its \(duration(body.limitMilliseconds))"
        case .stepBlocked(let body): "cannot run because '\(body.because)' failed"
        case .artefactPublished(let body): "made '\(body.artefact.name)', \(Decimals.bytes(body.artefact.bytes))"
        case .artefactDamaged(let body): "'\(body.artefact.name)' is damaged and is made again"
        case .checkEvaluated(let body):
            "check '\(body.check)': \(body.outcome.rawValue)" + (body.message.map { ", \($0)" } ?? "")
        case .notificationSent(let body):
            body.isDelivered
                ? "\(body.channel) was told" : "\(body.channel) could not be told: \(body.failure ?? "unknown")"
        }
    }

    /// An event as one line.
    package static func line(_ recorded: RecordedRunEvent) -> String {
        let step = recorded.event.step.map { "\($0): " } ?? ""
        return "\(clock(recorded.milliseconds)) \(step)\(sentence(recorded.event))"
    }
}
