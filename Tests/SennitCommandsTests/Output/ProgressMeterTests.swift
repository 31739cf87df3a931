import Sennit
import SennitCommands
import Testing

struct ProgressMeterTests {
    private let notes = KeptText()

    private func console(terminal: Bool, output: OutputChannel? = nil) -> Console {
        Console(
            output: output ?? OutputChannel(keepingIn: KeptText()),
            notes: OutputChannel(keepingIn: notes, isTerminal: terminal))
    }

    /// Lets the meter's interval pass; there is nothing to wait for but the clock it reads.
    private func waitForInterval() {
        let end = MonotonicClock.now() + 110_000_000
        while MonotonicClock.now() < end {}
    }

    @Test func `the line tells count, speed and what is left`() {
        #expect(
            ProgressMeter.text("both", done: 1500, total: 6000, seconds: 3)
                == "both: 1,500 of 6,000 (25 %), 500/s, 9.0 s left")
    }

    @Test func `nothing done, nothing foretold`() {
        #expect(ProgressMeter.text("both", done: 0, total: 10, seconds: 1) == "both: 0 of 10 (0 %), 0/s, ? left")
        #expect(ProgressMeter.text("both", done: 0, total: 0, seconds: 0) == "both: 0 of 0 (100 %), 0/s, ? left")
    }

    @Test func `a live line is written over and taken away`() throws {
        var meter = ProgressMeter("both", total: 10, on: console(terminal: true))
        try meter.advance(to: 1)
        #expect(notes.text == "")
        waitForInterval()
        try meter.advance(to: 5)
        #expect(notes.text.hasPrefix("\r\u{1B}[Kboth: 5 of 10 (50 %)"))
        meter.finish()
        meter.finish()
        #expect(notes.text.hasSuffix(" left\r\u{1B}[K"))
    }

    @Test func `silent where nobody looks`() throws {
        var meter = ProgressMeter("both", total: 10, on: console(terminal: false))
        waitForInterval()
        try meter.advance(to: 5)
        meter.finish()
        #expect(notes.text == "")
    }

    @Test func `a reader who left ends the work`() throws {
        let gone = console(terminal: false, output: OutputChannel(failingWith: .closed))
        var meter = ProgressMeter("both", total: 10, on: gone)
        waitForInterval()
        #expect(throws: OutputError.self) { try meter.advance(to: 5) }
    }
}
