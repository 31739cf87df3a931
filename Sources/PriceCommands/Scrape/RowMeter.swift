import Sennit
import SennitCommands
import Synchronization

/// One live line that tells how many rows and bytes have come, and how fast; silent where nobody looks at a terminal.
final class RowMeter: Sendable {
    private struct State {
        var lines: LiveLines
        var nextReport: UInt64
    }

    private let label: String
    private let isLive: Bool
    private let start = MonotonicClock.now()
    private let state: Mutex<State>

    init(_ label: String, on channel: OutputChannel) {
        self.label = label
        isLive = channel.isTerminal
        state = Mutex(State(lines: LiveLines(on: channel), nextReport: start + 100_000_000))
    }

    /// Shows the figures if it is time; an output that fails is told by the result's own writing.
    func update(rows: Int, bytes: Int) {
        guard isLive else { return }
        let now = MonotonicClock.now()
        state.withLock { state in
            guard now >= state.nextReport else { return }
            state.nextReport = now + 100_000_000
            let rate = Double(rows) * 1e9 / Double(max(1, now - start))
            let text =
                "\(label): \(Decimals.text(rows)) rows, \(Decimals.text(rate, places: 0)) rows/s, "
                + Decimals.bytes(Int64(bytes))
            try? state.lines.show([text])
        }
    }

    /// Takes the line away.
    func clear() { state.withLock { $0.lines.clear() } }
}
