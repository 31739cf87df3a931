package import SennitPipeline

/// Shows a backfill while it goes on: lines that are redrawn on a terminal, a line for each partition elsewhere, or
/// JSON.
package final class BackfillDisplay: Sendable {
    private struct Running: Sendable {
        var start: UInt64
        var summary: RunSummary?
    }

    private struct Model: Sendable {
        var total = 0
        var done = 0
        var failed = 0
        var running: [String: Running] = [:]

        /// Takes a notice in.
        ///
        /// - Returns: The partitions of which something is to be said.
        mutating func take(_ notice: BackfillNotice, now: UInt64) -> [BackfillSummary.Partition] {
            switch notice {
            case .planned(let plan):
                total = plan.partitions.count
                let skipped = plan.partitions.filter { !$0.runs }.map {
                    BackfillSummary.Partition(partition: $0.partition, status: .skipped, run: $0.run)
                }
                done += skipped.count
                return skipped
            case .began(let partition): running[partition] = Running(start: now)
            case .run(let partition, .event(let event)):
                if running[partition]?.summary == nil { running[partition]?.summary = RunSummary(run: event.run) }
                running[partition]?.summary?.take(event)
            case .run(_, .progress), .run(_, .takenUp): break
            case .ended(let entry):
                running[entry.partition] = nil
                done += entry.status == .finished ? 1 : 0
                failed += entry.status == .failed ? 1 : 0
                return [entry]
            }
            return []
        }

        func lines(now: UInt64) -> [String] {
            var head = "\(done) of \(total) partitions done"
            if failed > 0 { head += ", \(failed) failed" }
            return [head]
                + running.sorted { $0.key < $1.key }.map { key, running in
                    let steps = running.summary?.steps ?? []
                    let done = steps.count { [.finished, .cached].contains($0.status) }
                    let seconds = Double(now &- running.start) / 1e9
                    return "  \(key)  \(done) of \(steps.count) steps, \(Decimals.duration(seconds: seconds))"
                }
        }
    }

    private let asJSON: Bool
    private let display: LiveDisplay<Model>

    /// A display.
    ///
    /// - Parameters:
    ///   - console: Where it is shown.
    ///   - asJSON: Whether each partition is shown as one line of JSON, and nothing else.
    package init(console: Console, asJSON: Bool) {
        self.asJSON = asJSON
        display = LiveDisplay(Model(), console: console, asJSON: asJSON) { model, now, height, columns in
            model.lines(now: now).prefix(height).map { String($0.prefix(columns - 1)) }
        }
    }

    /// Shows what happens while the body runs.
    ///
    /// - Parameter body: Runs the backfill and tells the observer.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, or ``OutputError`` when nobody reads the output any more.
    package func showing<Result: Sendable>(
        _ body: (@escaping BackfillObserver) async throws -> Result
    ) async throws -> Result {
        try await display.showing { try await body { [self] notice in take(notice) } }
    }

    /// Failures stay on the terminal above the live lines.
    private func take(_ notice: BackfillNotice) {
        display.update { model, now in
            try model.take(notice, now: now).compactMap { entry in
                if asJSON { return .output(try JSONLine.text(of: entry)) }
                return !display.isLive || entry.status == .failed ? .note(BackfillText.line(entry)) : nil
            }
        }
    }
}
