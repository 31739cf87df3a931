package import SennitPipeline

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
    }

    private var rows: [Row]
    private let width: Int

    /// A board on which nothing has happened.
    package init(_ pipeline: Pipeline) {
        rows = pipeline.plannedSteps.map { Row(name: $0.name) }
        width = rows.map(\.name.count).max() ?? 0
    }

    /// Takes in what has happened.
    package mutating func take(_ notice: RunNotice, now: UInt64) {
        switch notice {
        case .progress(let step, _, let progress):
            update(step) { row in
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

    private static func take(_ event: RunEvent, into row: inout Row, now: UInt64) {
        switch event {
        case .stepStarted(let body):
            row.progress = nil
            row.start = now
            row.isRunning = true
            row.state = body.attempt == 1 ? "running" : "attempt \(body.attempt)"
            row.style = .bold
            return
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
        var tail = cells(row, now: now).joined(separator: "  ")
        if row.isRunning, let message = row.progress?.message, !message.isEmpty { tail += "  \(message)" }
        // Some terminals break a line whose last column is used.
        let room = max(0, columns - head.count - 12)
        tail = String(tail.prefix(room)).trimmingEnd()
        guard !tail.isEmpty else { return head + styled(row.state, row.style) }
        return head + styled(row.state.padded(to: 9), row.style) + "  " + tail
    }

    private func cells(_ row: Row, now: UInt64) -> [String] {
        let seconds = row.start.map { Double((row.isRunning ? now : row.end ?? now) &- $0) / 1e9 }
        var cells: [String] = []
        let rowText = row.rows.map { Decimals.text(Int($0)) + " rows" } ?? ""
        cells.append(rowText.paddedLeft(to: 16))
        let rate = row.rows.flatMap { rows in seconds.map { $0 > 0.05 ? Double(rows) / $0 : 0 } } ?? 0
        cells.append((rate > 0 ? Decimals.text(rate, places: 0) + "/s" : "").paddedLeft(to: 12))
        cells.append((row.bytes.map { Decimals.bytes($0) } ?? "").paddedLeft(to: 9))
        cells.append((seconds.map { Decimals.duration(seconds: $0) } ?? "").paddedLeft(to: 6))
        if row.isRunning, let left = RunBoard.secondsLeft(row.progress, after: seconds ?? 0) {
            cells.append(Decimals.duration(seconds: left) + " left")
        }
        return cells
    }

    /// The time that is left if it goes on as until now; nil when there is nothing to tell it by.
    package static func secondsLeft(_ progress: StepProgress?, after seconds: Double) -> Double? {
        guard let fraction = progress?.fraction, fraction > 0.001, seconds > 0 else { return nil }
        return seconds / fraction * (1 - fraction)
    }
}

extension String {
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

    func paddedLeft(to width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }

    func trimmingEnd() -> String {
        lastIndex { $0 != " " }.map { String(self[...$0]) } ?? ""
    }
}
