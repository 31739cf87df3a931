import Sennit
import Synchronization

/// Shows work while it goes on: at the foot of a terminal lines that are redrawn, elsewhere what is said for good.
///
/// What is shown is a value; this holds it in a lock, keeps the time and remembers that nobody reads any more.
final class LiveDisplay<Model: Sendable>: Sendable {
    /// What is written for good.
    enum Writing {
        /// A line of the program's output.
        case output(String)
        /// A line beside it, above those that are redrawn.
        case note(String)
    }

    private struct State {
        var model: Model
        var lines: LiveLines
        var nextDrawing: UInt64 = 0
        var failure: (any Error)?
    }

    private let console: Console
    private let draws: @Sendable (_ model: Model, _ now: UInt64, _ height: Int, _ columns: Int) -> [String]
    private let state: Mutex<State>

    /// Whether there are lines that are redrawn.
    let isLive: Bool

    /// A display.
    ///
    /// - Parameters:
    ///   - model: What is shown at first.
    ///   - console: Where it is shown.
    ///   - asJSON: Whether only lines of JSON are written.
    ///   - draws: The lines for a terminal of this size.
    init(
        _ model: Model, console: Console, asJSON: Bool,
        draws: @escaping @Sendable (_ model: Model, _ now: UInt64, _ height: Int, _ columns: Int) -> [String]
    ) {
        self.console = console
        self.draws = draws
        isLive = console.notes.isTerminal && !asJSON
        state = Mutex(State(model: model, lines: LiveLines(on: console.notes)))
    }

    /// Shows what happens while the body runs.
    ///
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, or ``OutputError`` when nobody reads the output any more.
    func showing<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        let ticker = isLive ? Task { @concurrent in await tick() } : nil
        defer {
            ticker?.cancel()
            state.withLock { $0.lines.clear() }
        }
        let result = try await body()
        if let failure = state.withLock({ $0.failure }) { throw failure }
        return result
    }

    /// Changes what is shown, and writes for good what the change says.
    func update(_ change: (inout Model, _ now: UInt64) throws -> [Writing]) {
        let now = MonotonicClock.now()
        state.withLock { state in
            do {
                let writings = try change(&state.model, now)
                guard state.failure == nil else { return }
                for writing in writings { try write(writing, &state.lines) }
            } catch {
                state.failure = state.failure ?? error
            }
        }
        if isLive { draw(now) }
    }

    private func write(_ writing: Writing, _ lines: inout LiveLines) throws {
        switch writing {
        case .output(let line): try console.output.line(line)
        case .note(let line):
            lines.clear()
            try console.notes.line(line)
        }
    }

    /// Time goes on even when nothing happens.
    private func tick() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(100), clock: .continuous)
            if !Task.isCancelled { draw(MonotonicClock.now()) }
        }
    }

    private func draw(_ now: UInt64) {
        let size = TerminalSize.current
        state.withLock { state in
            guard now >= state.nextDrawing else { return }
            state.nextDrawing = now + 50_000_000
            try? state.lines.show(draws(state.model, now, max(2, size.rows - 2), size.columns))
        }
    }
}
