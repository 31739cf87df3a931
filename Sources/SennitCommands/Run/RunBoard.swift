package import SennitPipeline
import TerminalOutput

/// What is known of the steps of a run, and how it looks: one line for each.
///
/// Times are monotonic nanoseconds that the caller gives.
package struct RunBoard: Sendable {
    private struct Row: Sendable {
        var name: String
        var state = "waiting"
        var style = TextStyle.dim
        var progress: StepProgress?
        /// When the attempt began, and when the step's state last changed.
        var start: UInt64?
        var end: UInt64?
        var rows: Int64?
        var bytes: Int64?
        var isRunning = false

        mutating func begin(_ state: String, at now: UInt64) {
            progress = nil
            start = now
            isRunning = true
            (self.state, style) = (state, .bold)
        }
    }

    private var rows: [Row]
    private let width: Int
    private let expectedRows: [String: Int64]

    /// A board on which nothing has happened.
    ///
    /// - Parameters:
    ///   - pipeline: The pipeline that runs.
    ///   - only: The step that runs alone; nil for all of them.
    ///   - expectedRows: How many rows steps had last time: what is left is told by it where a step knows no total.
    package init(_ pipeline: Pipeline, only: String? = nil, expectedRows: [String: Int64] = [:]) {
        rows = pipeline.plannedSteps.map(\.name).filter { only == nil || $0 == only }.map { Row(name: $0) }
        width = rows.map(\.name.count).max() ?? 0
        self.expectedRows = expectedRows
    }

    /// Takes in what has happened.
    package mutating func take(_ notice: RunNotice, now: UInt64) {
        switch notice {
        case .takenUp(let summary):
            for step in summary.steps { update(step.name) { RunBoard.take(step, into: &$0) } }
        case .progress(let step, _, let progress):
            update(step) { row in
                if row.start == nil { row.begin("running", at: now) }
                row.progress = progress
                row.rows = progress.rows
                row.bytes = progress.bytes
            }
        case .event(let recorded):
            if case .runRequested(let body) = recorded.event { rows = body.steps.map { Row(name: $0.name) } }
            guard let step = recorded.event.step else { return }
            update(step) { RunBoard.take(recorded.event, into: &$0, now: now) }
        }
    }

    private mutating func update(_ step: String, _ change: (inout Row) -> Void) {
        guard let index = rows.firstIndex(where: { $0.name == step }) else { return }
        change(&rows[index])
    }

    /// What an earlier session has left.
    private static func take(_ step: RunSummary.Step, into row: inout Row) {
        guard [.finished, .cached].contains(step.status) else { return }
        (row.state, row.style) = (step.status == .cached ? "cached" : "done", .good)
        row.rows = step.rows
        row.bytes = step.bytes
    }

    private static func take(_ event: RunEvent, into row: inout Row, now: UInt64) {
        switch event {
        case .stepStarted(let body):
            return row.begin(body.attempt == 1 ? "running" : "attempt \(body.attempt)", at: now)
        case .stepWaiting(let body):
            (row.state, row.style) = ("queued", .dim)
            row.progress = StepProgress(message: "waits for limit '\(body.limit)'")
        case .stepRetried: (row.state, row.style) = ("retrying", .bad)
        case .stepSkipped(let body):
            (row.state, row.style) = ("cached", .good)
            row.rows = body.rows
            row.bytes = body.artefacts.reduce(0) { $0 + $1.bytes }
        case .stepFinished(let body):
            (row.state, row.style) = ("done", .good)
            row.rows = body.rows
            row.bytes = body.artefacts.reduce(0) { $0 + $1.bytes }
        case .stepFailed: (row.state, row.style) = ("failed", .bad)
        case .stepBlocked: (row.state, row.style) = ("blocked", .dim)
        case .artefactDamaged: (row.state, row.style) = ("damaged", .bad)
        default: return
        }
        row.isRunning = false
        row.end = now
    }

    /// The lines, at most so many, each no wider than the terminal; those that run come before those that wait.
    package func lines(now: UInt64, height: Int, columns: Int, styled: (String, TextStyle) -> String) -> [String] {
        var shown = Array(rows.indices)
        if shown.count > height {
            let running = shown.filter { rows[$0].isRunning }
            let others = shown.filter { !rows[$0].isRunning }
            shown = Array((running + others.reversed()).prefix(max(1, height - 1))).sorted()
        }
        var lines = shown.map { line(rows[$0], now: now, columns: columns, styled: styled) }
        if shown.count < rows.count {
            let done = rows.count { $0.state == "done" || $0.state == "cached" }
            lines.append("… \(done) of \(rows.count) steps done")
        }
        return lines
    }

    private func line(
        _ row: Row, now: UInt64, columns: Int, styled: (String, TextStyle) -> String
    ) -> String {
        let head = "  \(row.name.padded(to: width))  "
        // Some terminals break a line whose last column is used.
        let tail = tail(row, now: now, room: columns - head.count - 12)
        guard !tail.isEmpty else { return head + styled(row.state, row.style) }
        return head + styled(row.state.padded(to: 9), row.style) + "  " + tail
    }

    /// As many of the figures as there is room for, and then as much of the message.
    private func tail(_ row: Row, now: UInt64, room: Int) -> String {
        var tail = ""
        for cell in cells(row, now: now) {
            let longer = tail.isEmpty ? cell : "\(tail)  \(cell)"
            guard longer.count <= room else { return tail.trimmingEnd() }
            tail = longer
        }
        let message = row.progress?.message.onOneLine ?? ""
        guard row.isRunning || row.state == "queued", !message.isEmpty else { return tail.trimmingEnd() }
        let left = room - tail.count - 2
        guard left >= min(8, message.count) else { return tail.trimmingEnd() }
        return tail + "  " + (message.count <= left ? message : message.prefix(left - 1) + "…")
    }

    /// Wide enough for a million rows, and narrow enough for a terminal of 80 columns.
    private func cells(_ row: Row, now: UInt64) -> [String] {
        let seconds = row.start.map { Double((row.isRunning ? now : row.end ?? now) &- $0) / 1e9 }
        let rate = row.rows.flatMap { rows in seconds.map { $0 > 0.05 ? Double(rows) / $0 : 0 } } ?? 0
        var cells = [
            (row.rows.map { Decimals.text(Int($0)) + " rows" } ?? "").paddedLeft(to: 14),
            (rate > 0 ? Decimals.text(rate, places: 0) + "/s" : "").paddedLeft(to: 9),
            (row.bytes.map { Decimals.bytes($0) } ?? "").paddedLeft(to: 8),
            (seconds.map { Decimals.duration(seconds: $0) } ?? "").paddedLeft(to: 6),
        ]
        if row.isRunning,
            let left = RunBoard.secondsLeft(row.progress, after: seconds ?? 0, expectedRows: expectedRows[row.name])
        {
            cells.append(Decimals.duration(seconds: left) + " left")
        }
        return cells
    }

    /// The time that is left if it goes on as until now; nil when there is nothing to tell it by.
    package static func secondsLeft(
        _ progress: StepProgress?, after seconds: Double, expectedRows: Int64? = nil
    ) -> Double? {
        guard var progress, seconds > 0 else { return nil }
        if progress.fraction == nil { progress.totalRows = expectedRows }
        guard let fraction = progress.fraction, fraction > 0.001, fraction < 1 else { return nil }
        return seconds / fraction * (1 - fraction)
    }
}

extension String {
    /// The text as a live line can hold it: control characters written out, blanks for ends of lines and tabulators.
    var onOneLine: String {
        String(decoding: TerminalOutput.clean(self).utf8.map { $0 < 0x20 ? 0x20 : $0 }, as: UTF8.self)
    }

    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

    func paddedLeft(to width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }

    func trimmingEnd() -> String {
        lastIndex { $0 != " " }.map { String(self[...$0]) } ?? ""
    }
}
