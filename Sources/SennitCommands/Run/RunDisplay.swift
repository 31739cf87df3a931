import Sennit
package import SennitPipeline
import Synchronization

/// Shows a run while it goes on: lines that are redrawn on a terminal, lines one after the other elsewhere, or JSON.
package final class RunDisplay: Sendable {
    private struct State {
        var board: RunBoard
        var lines: LiveLines
        var narrator: RunNarrator
        var nextDrawing: UInt64 = 0
        var failure: (any Error)?
    }

    private let console: Console
    private let asJSON: Bool
    private let state: Mutex<State>

    /// A display of a pipeline's run.
    ///
    /// - Parameters:
    ///   - pipeline: The pipeline that runs.
    ///   - only: The step that runs alone; nil for all of them.
    ///   - console: Where it is shown.
    ///   - asJSON: Whether each event is shown as one line of JSON, and nothing else.
    ///   - expectedRows: How many rows steps had last time.
    package init(
        _ pipeline: Pipeline, only: String? = nil, console: Console, asJSON: Bool, expectedRows: [String: Int64] = [:]
    ) {
        self.console = console
        self.asJSON = asJSON
        state = Mutex(
            State(
                board: RunBoard(pipeline, only: only, expectedRows: expectedRows),
                lines: LiveLines(on: console.notes), narrator: RunNarrator()))
    }

    private var isLive: Bool { console.notes.isTerminal && !asJSON }

    /// Shows what happens while the body runs.
    ///
    /// - Parameter body: Runs the pipeline and tells the observer.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, or ``OutputError`` when nobody reads the output any more.
    package func showing<Result: Sendable>(_ body: (@escaping RunObserver) async throws -> Result) async throws
        -> Result
    {
        let ticker = isLive ? Task { @concurrent in await tick() } : nil
        defer {
            ticker?.cancel()
            state.withLock { $0.lines.clear() }
        }
        let result = try await body { [self] notice in take(notice) }
        if let failure = state.withLock({ $0.failure }) { throw failure }
        return result
    }

    /// Time goes on even when nothing happens.
    private func tick() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(100), clock: .continuous)
            if !Task.isCancelled { draw(MonotonicClock.now()) }
        }
    }

    private func take(_ notice: RunNotice) {
        let now = MonotonicClock.now()
        state.withLock { state in
            state.board.take(notice, now: now)
            guard state.failure == nil else { return }
            do {
                if asJSON {
                    if case .event(let event) = notice { try console.output.line(JSONLine.text(of: event)) }
                } else if !isLive, let line = state.narrator.line(for: notice, now: now) {
                    try console.notes.line(line)
                }
            } catch {
                state.failure = error
            }
        }
        if isLive { draw(now) }
    }

    private func draw(_ now: UInt64) {
        let size = TerminalSize.current
        state.withLock { state in
            guard now >= state.nextDrawing else { return }
            state.nextDrawing = now + 50_000_000
            let lines = state.board.lines(
                now: now, height: max(2, size.rows - 2), columns: size.columns
            ) { console.notes.styled($0, $1) }
            try? state.lines.show(lines)
        }
    }
}
