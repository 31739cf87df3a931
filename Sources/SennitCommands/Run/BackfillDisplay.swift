import Sennit
package import SennitPipeline
import Synchronization

/// Shows a backfill while it goes on: lines that are redrawn on a terminal, a line for each partition elsewhere, or
/// JSON.
package final class BackfillDisplay: Sendable {
    private struct Running: Sendable {
        var start: UInt64
        var summary: RunSummary?
    }

    private struct State {
        var total = 0
        var done = 0
        var failed = 0
        var running: [String: Running] = [:]
        var lines: LiveLines
        var nextDrawing: UInt64 = 0
        var failure: (any Error)?
    }

    private let console: Console
    private let asJSON: Bool
    private let state: Mutex<State>

    /// A display.
    ///
    /// - Parameters:
    ///   - console: Where it is shown.
    ///   - asJSON: Whether each partition is shown as one line of JSON, and nothing else.
    package init(console: Console, asJSON: Bool) {
        self.console = console
        self.asJSON = asJSON
        state = Mutex(State(lines: LiveLines(on: console.notes)))
    }

    private var isLive: Bool { console.notes.isTerminal && !asJSON }

    /// Shows what happens while the body runs.
    ///
    /// - Parameter body: Runs the backfill and tells the observer.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, or ``OutputError`` when nobody reads the output any more.
    package func showing<Result: Sendable>(
        _ body: (@escaping BackfillObserver) async throws -> Result
    ) async throws -> Result {
        let ticker = isLive ? Task { @concurrent in await tick() } : nil
        defer {
            ticker?.cancel()
            state.withLock { $0.lines.clear() }
        }
        let result = try await body { [self] notice in take(notice) }
        if let failure = state.withLock({ $0.failure }) { throw failure }
        return result
    }

    private func tick() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(100), clock: .continuous)
            if !Task.isCancelled { draw(MonotonicClock.now()) }
        }
    }

    private func take(_ notice: BackfillNotice) {
        let now = MonotonicClock.now()
        state.withLock { state in
            switch notice {
            case .planned(let plan):
                state.total = plan.partitions.count
                for partition in plan.partitions where !partition.runs {
                    state.done += 1
                    tell(
                        BackfillSummary.Partition(
                            partition: partition.partition, status: .skipped, run: partition.run), in: &state)
                }
            case .began(let partition): state.running[partition] = Running(start: now)
            case .run(let partition, .event(let event)):
                if state.running[partition]?.summary == nil {
                    state.running[partition]?.summary = RunSummary(run: event.run)
                }
                state.running[partition]?.summary?.take(event)
            case .run(_, .progress), .run(_, .takenUp): break
            case .ended(let entry):
                state.running[entry.partition] = nil
                state.done += entry.status == .finished ? 1 : 0
                state.failed += entry.status == .failed ? 1 : 0
                tell(entry, in: &state)
            }
        }
        if isLive { draw(now) }
    }

    /// Failures stay on the terminal above the live lines.
    private func tell(_ entry: BackfillSummary.Partition, in state: inout State) {
        guard state.failure == nil else { return }
        do {
            if asJSON { return try console.output.line(JSONLine.text(of: entry)) }
            guard !isLive || entry.status == .failed else { return }
            state.lines.clear()
            try console.notes.line(BackfillText.line(entry))
        } catch {
            state.failure = error
        }
    }

    private func draw(_ now: UInt64) {
        let size = TerminalSize.current
        state.withLock { state in
            guard now >= state.nextDrawing else { return }
            state.nextDrawing = now + 50_000_000
            let lines = Self.lines(of: state, now: now)
            try? state.lines.show(lines.prefix(max(2, size.rows - 2)).map { String($0.prefix(size.columns - 1)) })
        }
    }

    private static func lines(of state: State, now: UInt64) -> [String] {
        var head = "\(state.done) of \(state.total) partitions done"
        if state.failed > 0 { head += ", \(state.failed) failed" }
        return [head]
            + state.running.sorted { $0.key < $1.key }.map { key, running in
                let steps = running.summary?.steps ?? []
                let done = steps.count { [.finished, .cached].contains($0.status) }
                let seconds = Double(now &- running.start) / 1e9
                return "  \(key)  \(done) of \(steps.count) steps, \(Decimals.duration(seconds: seconds))"
            }
    }
}
