import TerminalOutput

/// Lines at the foot of a terminal that are written over and over.
///
/// The cursor stays at the end of the last line.
package struct LiveLines {
    private let channel: OutputChannel
    private var shown = 0

    /// No lines yet.
    package init(on channel: OutputChannel) { self.channel = channel }

    /// Shows these lines in place of those that are shown.
    ///
    /// Lines must be no wider than the terminal.
    package mutating func show(_ lines: [String]) throws {
        guard !lines.isEmpty else { return clear() }
        var text = home
        text += lines.map { TerminalOutput.control("\u{1B}[K") + $0 }.joined(separator: "\n")
        if lines.count < shown { text += TerminalOutput.control("\u{1B}[J") }
        shown = lines.count
        try channel.write(text)
    }

    /// Takes the lines away; does nothing else.
    package mutating func clear() {
        guard shown > 0 else { return }
        try? channel.write(home + TerminalOutput.control(shown > 1 ? "\u{1B}[J" : "\u{1B}[K"))
        shown = 0
    }

    /// Writes a line for good, above those that are shown.
    package mutating func print(_ line: String, above lines: [String]) throws {
        clear()
        try channel.line(line)
        try show(lines)
    }

    /// To the beginning of the first line.
    private var home: String { TerminalOutput.control(shown > 1 ? "\r\u{1B}[\(shown - 1)A" : "\r") }
}
