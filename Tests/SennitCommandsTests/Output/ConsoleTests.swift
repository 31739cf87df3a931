import SennitCommands
import Testing

private struct Sample: Report {
    var title: String { "A sample" }
    var figures: [Figure] { [Figure("time", 1234.5, places: 1, "ms"), Figure("of", text: "3 of 4"), Figure("n", 7)] }
    let beta = 1.5
    let alpha = "a/b"

    private enum CodingKeys: String, CodingKey { case beta, alpha }
}

struct ConsoleTests {
    private let text = KeptText()

    private func console(hasColour: Bool = false) -> Console {
        Console(
            output: OutputChannel(keepingIn: text, hasColour: hasColour), notes: OutputChannel(keepingIn: KeptText()))
    }

    @Test func `a report as a table`() throws {
        try console().show(Sample(), asJSON: false)
        #expect(text.text == "A sample\n  time  1,234.5 ms\n  of     3 of 4\n  n           7\n")
    }

    @Test func `a report as one line of JSON`() throws {
        try console(hasColour: true).show(Sample(), asJSON: true)
        #expect(text.text == #"{"alpha":"a/b","beta":1.5}"# + "\n")
    }

    @Test func `colour only where there is any`() throws {
        #expect(console().output.styled("a", .bold) == "a")
        let output = console(hasColour: true).output
        try output.line(output.styled("a", .bold))
        #expect(text.text == "\u{1B}[1ma\u{1B}[0m\n")
    }

    @Test func `sequences in what is written are written out, also within a style`() throws {
        let output = console(hasColour: true).output
        try output.line(output.styled("a\u{1B}]0;title\u{7}", .bold) + "\u{9B}2J\r\u{1B}[31m")
        #expect(text.text == "\u{1B}[1ma\\u001b]0;title\\u0007\u{1B}[0m\\u009b2J\\u000d\\u001b[31m\n")
    }

    @Test func `a failing channel says so`() {
        let channel = OutputChannel(failingWith: .closed)
        #expect(throws: OutputError.self) { try channel.line("a") }
        #expect(throws: OutputError.self) { try channel.checkReader() }
    }

    @Test func `figures that are no numbers cannot be JSON`() {
        #expect(throws: (any Error).self) { try JSONLine.text(of: [Double.nan]) }
    }
}
