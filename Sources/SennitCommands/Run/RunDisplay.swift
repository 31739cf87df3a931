package import SennitPipeline

/// Shows a run while it goes on: lines that are redrawn on a terminal, lines one after the other elsewhere, or JSON.
package final class RunDisplay: Sendable {
    private struct Model {
        var board: RunBoard
        var narrator = RunNarrator()
    }

    private let asJSON: Bool
    private let display: LiveDisplay<Model>

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
        self.asJSON = asJSON
        let board = RunBoard(pipeline, only: only, expectedRows: expectedRows)
        display = LiveDisplay(Model(board: board), console: console, asJSON: asJSON) { model, now, height, columns in
            model.board.lines(now: now, height: height, columns: columns) { console.notes.styled($0, $1) }
        }
    }

    /// Shows what happens while the body runs.
    ///
    /// - Parameter body: Runs the pipeline and tells the observer.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, or ``OutputError`` when nobody reads the output any more.
    package func showing<Result: Sendable>(_ body: (@escaping RunObserver) async throws -> Result) async throws
        -> Result
    {
        try await display.showing { try await body { [self] notice in take(notice) } }
    }

    private func take(_ notice: RunNotice) {
        display.update { model, now in
            model.board.take(notice, now: now)
            if asJSON {
                guard case .event(let event) = notice else { return [] }
                return [.output(try JSONLine.text(of: event))]
            }
            guard !display.isLive, let line = model.narrator.line(for: notice, now: now) else { return [] }
            return [.note(line)]
        }
    }
}
