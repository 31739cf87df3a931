package import Sennit
import Synchronization
import TerminalOutput

/// The output could not be written.
package enum OutputError: Error, Sendable, CustomStringConvertible {
    /// Whoever read it has gone, as in `sennit demo | head -1`.
    case closed
    /// The system refused, as on a full disk.
    case failed(SystemError)

    package var description: String {
        switch self {
        case .closed: "nobody reads the output any more"
        case .failed(let error): "the output cannot be written: \(SystemError.text(of: error.code))"
        }
    }
}

/// Where a command writes: results to one channel, progress and errors to another.
package struct Console: Sendable {
    /// The console of the running command; tests put one of their own in its place.
    @TaskLocal package static var current = Console.standard

    /// Results: standard output.
    package let output: OutputChannel
    /// Progress, notes and errors: standard error.
    package let notes: OutputChannel

    /// A console over two channels.
    package init(output: OutputChannel, notes: OutputChannel) {
        self.output = output
        self.notes = notes
    }

    private static var standard: Console {
        Console(output: OutputChannel(.output), notes: OutputChannel(.notes))
    }
}

/// One direction of a console.
///
/// Only text goes through it: control characters in what is written are written out, see `TerminalOutput`. Styles and
/// movements of the cursor are made by the channel itself.
package struct OutputChannel: Sendable {
    /// Whether a person is looking.
    package let isTerminal: Bool
    /// Whether text may be coloured.
    package let hasColour: Bool
    private let sink: @Sendable (String) throws(OutputError) -> Void
    private let closed: @Sendable () -> Bool

    /// The channel of a descriptor that the program was started with.
    init(_ stream: StandardStream) {
        isTerminal = stream.isTerminal
        hasColour = isTerminal && (environmentVariable("NO_COLOR") ?? "").isEmpty
        sink = { text throws(OutputError) in try stream.write(text) }
        closed = { stream.isClosed }
    }

    /// A channel that keeps what is written.
    package init(keepingIn text: KeptText, isTerminal: Bool = false, hasColour: Bool = false) {
        self.isTerminal = isTerminal
        self.hasColour = hasColour
        sink = { part in text.append(part) }
        closed = { false }
    }

    /// A channel on which every write fails.
    package init(failingWith error: OutputError) {
        isTerminal = false
        hasColour = false
        sink = { _ throws(OutputError) in throw error }
        closed = { true }
    }

    /// Writes all of the text now.
    package func write(_ text: String) throws(OutputError) { try sink(TerminalOutput.clean(text)) }

    /// Writes the text and ends the line.
    package func line(_ text: String = "") throws(OutputError) { try write(text + "\n") }

    /// Throws if whoever read the channel has gone, without writing anything.
    package func checkReader() throws(OutputError) {
        if closed() { throw .closed }
    }

    /// The text in a style, if the channel has styles.
    package func styled(_ text: String, _ style: TextStyle) -> String {
        guard hasColour else { return text }
        return TerminalOutput.control("\u{1B}[\(style.rawValue)m") + text + TerminalOutput.control("\u{1B}[0m")
    }
}

/// How a stretch of text looks on a terminal.
package enum TextStyle: String, Sendable {
    case bold = "1"
    case dim = "2"
    case good = "32"
    case bad = "31"
}

/// Text that was written to a channel.
package final class KeptText: Sendable {
    private let parts = Mutex("")

    /// Nothing yet.
    package init() {}

    /// All of it so far.
    package var text: String { parts.withLock { $0 } }

    func append(_ part: String) { parts.withLock { $0 += part } }
}
