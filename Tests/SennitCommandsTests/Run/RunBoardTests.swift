import SennitCommands
import SennitPipeline
import Testing

@Suite struct RunBoardTests {
    private func notice(_ event: RunEvent) throws -> RunNotice {
        .event(RecordedRunEvent(run: try #require(RunID("r")), sequence: 1, milliseconds: 0, event: event))
    }

    private func lines(_ board: RunBoard, now: UInt64, height: Int = 10, columns: Int = 100) -> [String] {
        board.lines(now: now, height: height, columns: columns) { text, _ in text }
    }

    private static let second: UInt64 = 1_000_000_000

    @Test func `one line for each step: state, rows, speed, bytes, time and what is left`() throws {
        var board = RunBoard(try ShoutingPlace.pipeline(fails: false))
        #expect(lines(board, now: 0) == ["  say    waiting", "  shout  waiting"])
        board.take(try notice(.stepStarted(StepStarted(step: "say", attempt: 1))), now: Self.second)
        let progress = StepProgress(rows: 1000, totalRows: 4000, bytes: 2_500_000, message: "talking")
        board.take(.progress(step: "say", attempt: 1, progress), now: 2 * Self.second)
        #expect(
            lines(board, now: 3 * Self.second)[0]
                == "  say    running        1,000 rows      500/s    2.5 MB   2.0 s  6.0 s left  talking")
        let artefact = ArtefactReference(name: "words", hash: ContentHasher.hash("".utf8), bytes: 12)
        board.take(
            try notice(
                .stepFinished(
                    StepFinished(
                        step: "say", attempt: 1, fingerprint: artefact.hash, artefacts: [artefact],
                        milliseconds: 4000, rows: 4000))), now: 5 * Self.second)
        #expect(
            lines(board, now: 90 * Self.second)[0]
                == "  say    done           4,000 rows    1,000/s      12 B   4.0 s")
    }

    @Test func `lines fit into the terminal`() throws {
        var board = RunBoard(try ShoutingPlace.pipeline(fails: false))
        board.take(try notice(.stepStarted(StepStarted(step: "say", attempt: 2))), now: 0)
        let progress = StepProgress(rows: 1, message: String(repeating: "long ", count: 30))
        board.take(.progress(step: "say", attempt: 2, progress), now: 1)
        #expect(lines(board, now: 2, columns: 60).allSatisfy { $0.count < 60 })
        #expect(lines(board, now: 2)[0].contains("attempt 2"))
        #expect(lines(board, now: 2, height: 1) == [lines(board, now: 2)[0], "… 0 of 2 steps done"])
    }

    @Test func `on a terminal of 80 columns every figure has room, and the message what remains`() throws {
        var board = RunBoard(try ShoutingPlace.pipeline(fails: false), expectedRows: ["say": 999_999])
        board.take(try notice(.stepStarted(StepStarted(step: "say", attempt: 3))), now: 0)
        let progress = StepProgress(rows: 500_000, bytes: 123_400_000, message: "offers/v1.0/aws/AmazonEC2")
        board.take(.progress(step: "say", attempt: 3, progress), now: 1)
        #expect(
            lines(board, now: 9 * Self.second, columns: 80)[0]
                == "  say    attempt 3    500,000 rows   55,556/s  123.4 MB   9.0 s  9.0 s left")
        #expect(lines(board, now: 9 * Self.second, columns: 90)[0].hasSuffix("9.0 s left  offers/v1.0…"))
        #expect(lines(board, now: 9 * Self.second, columns: 60)[0].hasSuffix("55,556/s  123.4 MB"))
    }

    @Test func `a step that runs alone has the only line, and runs as soon as it reports`() throws {
        var board = RunBoard(try ShoutingPlace.pipeline(fails: false), only: "shout")
        #expect(lines(board, now: 0) == ["  shout  waiting"])
        board.take(.progress(step: "shout", attempt: 1, StepProgress(rows: 1)), now: Self.second)
        #expect(lines(board, now: 2 * Self.second)[0].hasPrefix("  shout  running"))
    }

    @Test func `what an earlier session has done is shown as done`() throws {
        var board = RunBoard(try ShoutingPlace.pipeline(fails: false))
        let run = try #require(RunID("r"))
        let planned = ["say", "shout"].map { PlannedStep(name: $0, inputs: [], outputs: []) }
        let hash = ContentHasher.hash("".utf8)
        let events: [RunEvent] = [
            .runRequested(RunRequested(pipeline: "shouting", steps: planned)),
            .stepFinished(
                StepFinished(
                    step: "say", attempt: 1, fingerprint: hash, artefacts: [], milliseconds: 5, rows: 7)),
        ]
        let recorded = events.enumerated().map {
            RecordedRunEvent(run: run, sequence: $0 + 1, milliseconds: 0, event: $1)
        }
        board.take(.takenUp(RunSummary(run: run, events: recorded)), now: 0)
        #expect(lines(board, now: 0)[0].hasPrefix("  say    done               7 rows"))
        #expect(lines(board, now: 0)[1] == "  shout  waiting")
    }

    @Test func `what is left can only be told with a total`() {
        #expect(RunBoard.secondsLeft(nil, after: 1) == nil)
        #expect(RunBoard.secondsLeft(StepProgress(rows: 5), after: 1) == nil)
        #expect(RunBoard.secondsLeft(StepProgress(bytes: 1, totalBytes: 4), after: 2) == 6)
        // As many rows as last time, until there are more.
        #expect(RunBoard.secondsLeft(StepProgress(rows: 5), after: 1, expectedRows: 10) == 1)
        #expect(RunBoard.secondsLeft(StepProgress(rows: 10), after: 1, expectedRows: 10) == nil)
    }

    @Test func `live lines are drawn in place, fewer ones too, and taken away`() throws {
        let text = KeptText()
        var lines = LiveLines(on: OutputChannel(keepingIn: text, isTerminal: true))
        lines.clear()
        try lines.show(["a", "b"])
        #expect(text.text == "\r\u{1B}[Ka\n\u{1B}[Kb")
        try lines.show(["c"])
        #expect(text.text.hasSuffix("\r\u{1B}[1A\u{1B}[Kc\u{1B}[J"))
        lines.clear()
        #expect(text.text.hasSuffix("\r\u{1B}[K"))
    }
}
