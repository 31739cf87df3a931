import Sennit

/// Tells how far a long measurement has come: a live line on a terminal, a line now and then elsewhere, or nothing.
package struct ProgressMeter {
    /// How the progress is shown.
    package enum Style: Sendable, Hashable {
        /// One line that is written over and over.
        case live
        /// A line of its own every few seconds.
        case plain
        /// Not at all.
        case silent
    }

    private let console: Console
    private let style: Style
    private let label: String
    private let total: Int
    private let start: UInt64
    private var nextReport: UInt64
    private var lines: LiveLines

    /// A meter that starts now.
    ///
    /// - Parameters:
    ///   - label: What is being done.
    ///   - total: How many steps it has.
    ///   - console: Whose notes it writes to.
    ///   - speaksElsewhere: Whether there are plain lines where nobody looks at a terminal.
    package init(_ label: String, total: Int, on console: Console = .current, speaksElsewhere: Bool = false) {
        self.init(
            label, total: total, on: console,
            style: console.notes.isTerminal ? .live : speaksElsewhere ? .plain : .silent)
    }

    /// A meter of a given style.
    package init(_ label: String, total: Int, on console: Console, style: Style) {
        self.console = console
        self.label = label
        self.total = total
        self.style = style
        lines = LiveLines(on: console.notes)
        start = MonotonicClock.now()
        nextReport = start
        nextReport += interval
    }

    private var interval: UInt64 { style == .plain ? 5_000_000_000 : 100_000_000 }

    /// Notes that so many steps are done, and says so if it is time.
    ///
    /// - Throws: ``OutputError`` when nobody reads the results any more, so that the work can be given up.
    package mutating func advance(to done: Int) throws {
        let now = MonotonicClock.now()
        guard now >= nextReport else { return }
        nextReport = now + interval
        try console.output.checkReader()
        let text = ProgressMeter.text(label, done: done, total: total, seconds: Double(now - start) / 1e9)
        switch style {
        case .live:
            try lines.show([console.notes.styled(text, .dim)])
        case .plain:
            try console.notes.line(text)
        case .silent:
            break
        }
    }

    /// Takes the live line away; does nothing else.
    package mutating func finish() { lines.clear() }

    /// The line that is shown: steps done, steps each second, and the time that is left.
    package static func text(_ label: String, done: Int, total: Int, seconds: Double) -> String {
        let rate = seconds > 0 ? Double(done) / seconds : 0
        let left = rate > 0 ? Decimals.duration(seconds: Double(max(0, total - done)) / rate) : "?"
        let percent = total > 0 ? 100 * done / total : 100
        return "\(label): \(Decimals.text(done)) of \(Decimals.text(total)) (\(percent) %), "
            + "\(Decimals.text(rate, places: 0))/s, \(left) left"
    }
}
