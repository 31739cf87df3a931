import SennitPipeline
import Testing

@Suite struct HistoryJournalTests {
    private let bench = Bench()

    private func requested(_ pipeline: String) -> RunEvent {
        .runRequested(RunRequested(pipeline: pipeline, steps: []))
    }

    @Test func `events come back in order, and a second writer is refused`() async throws {
        defer { bench.remove() }
        try bench.layout.prepare()
        let journal = try HistoryJournal(bench.layout)
        let run = try #require(RunID("run-one"))
        try await journal.append(
            [requested("p"), .runStarted(RunStarted(session: 1, processID: 1))], to: run, after: 0)
        let error = await #expect(throws: PipelineError.self) {
            try await journal.append([requested("p")], to: run, after: 0)
        }
        #expect(error?.code == .historyFailed)
        try await journal.append(
            [.runFinished(RunFinished(milliseconds: 1, stepsRun: 0, stepsFromCache: 0))], to: run, after: 2)
        let events = try await journal.events(of: run)
        #expect(events.map(\.sequence) == [1, 2, 3])
        #expect(events.map(\.event.name) == ["run.requested", "run.started", "run.finished"])
        await journal.close()
    }

    @Test func `the newest runs of a pipeline`() async throws {
        defer { bench.remove() }
        try bench.layout.prepare()
        let journal = try HistoryJournal(bench.layout)
        for (number, pipeline) in ["p", "q", "p", "p"].enumerated() {
            try await journal.append([requested(pipeline)], to: try #require(RunID("r\(number)")), after: 0)
        }
        #expect(try await journal.newestRuns(of: "p", limit: 2).map(\.rawValue) == ["r3", "r2"])
        #expect(try await journal.newestRuns(of: "none", limit: 2) == [])
        #expect(try await journal.events(of: try #require(RunID("none"))) == [])
        await journal.close()
    }

    @Test func `a file that is no history says so`() throws {
        defer { bench.remove() }
        try bench.layout.prepare()
        _ = try bench.write("this is no database at all, whatever its name says", to: "store/history.sqlite")
        let error = #expect(throws: PipelineError.self) { try HistoryJournal(bench.layout) }
        #expect(error?.code == .historyFailed)
    }
}
