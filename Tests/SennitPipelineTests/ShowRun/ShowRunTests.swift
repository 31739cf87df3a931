import SennitPipeline
import Testing

struct ShowRunTests {
    private func show(_ events: [any RunEventBody], upTo: Int? = nil) async throws -> ShownRun {
        try await given(events) { history in
            try ShowRun(run: RunID.first.rawValue, upTo: upTo).answer(from: history.store)
        }
    }

    @Test func `given a run that ended well, each step has its time, rows and artefacts`() async throws {
        let run = try await show(Sample.good)
        #expect(run.run == .first && run.pipeline == "prices" && run.status == .finished && run.events == 7)
        #expect(run.sessions.map(\.number) == [1] && run.sessions.map(\.processID) == [42])
        #expect(run.sessions.map(\.started) == [GivenHistory.start + 1000])
        #expect(run.sessions.map(\.ended) == [GivenHistory.start + 6000])
        let scrape = run.steps[0]
        #expect(scrape.status == .finished && scrape.milliseconds == 800 && scrape.rows == 120)
        #expect(scrape.artefacts == [.prices] && scrape.attempts.count == 1)
        #expect(run.steps[1].inputs == ["prices"])
    }

    @Test func `given a failed run, the failure stands with the attempt`() async throws {
        let run = try await show(Sample.bad)
        #expect(run.status == .failed && run.message == "load: no table")
        #expect(run.steps[1].status == .failed && run.steps[1].failure == Sample.loadFailure)
        #expect(run.steps[1].attempts.map(\.failure) == [Sample.loadFailure])
        #expect(run.notifications == [Sample.told])
    }

    @Test func `given a resumed run, the attempts of both sessions are there`() async throws {
        let run = try await show(Sample.bad + Sample.resumed)
        #expect(run.status == .finished && run.sessions.map(\.number) == [1, 2])
        #expect(run.steps[0].status == .cached)
        #expect(run.steps[1].attempts.count == 2 && run.steps[1].failure == nil)
    }

    @Test func `given a step that was tried again, each try has its end and its failure`() async throws {
        let run = try await show([
            Sample.requested, Sample.started(), StepScheduled(step: "scrape", fingerprint: .sample, reason: "new"),
            Sample.scrapeStarted, StepTimedOut(step: "scrape", attempt: 1, limitMilliseconds: 50),
            StepStarted(step: "scrape", attempt: 2),
            StepProgressed(step: "scrape", attempt: 2, progress: StepProgress(rows: 5, totalRows: 10)),
        ])
        let scrape = run.steps[0]
        #expect(scrape.reason == "new" && scrape.status == .running && scrape.rows == 5)
        #expect(scrape.attempts.map(\.failure?.kind) == [.timedOut, nil])
        #expect(scrape.attempts.map(\.ended) == [GivenHistory.start + 4000, nil])
        #expect(scrape.progress?.fraction == 0.5)
    }

    @Test func `given a run that was cancelled, what ran was interrupted`() async throws {
        let run = try await show([Sample.requested, Sample.started(), Sample.scrapeStarted, Sample.cancelled])
        #expect(run.steps.map(\.status) == [.interrupted, .waiting])
    }

    @Test func `given a step that could not run, it says because of which`() async throws {
        let run = try await show([
            Sample.requested, Sample.started(), StepBlocked(step: "load", because: "scrape"),
        ])
        #expect(run.steps[1].status == .blocked && run.steps[1].blockedBy == "scrape")
    }

    @Test func `given a damaged artefact, its step waits again`() async throws {
        let run = try await show(Sample.good + [ArtefactDamaged(producer: "scrape", artefact: .prices)])
        #expect(run.steps[0].status == .waiting && run.steps[0].artefacts == [])
    }

    @Test func `a run can be seen as it stood at an event`() async throws {
        let run = try await show(Sample.good, upTo: 3)
        #expect(run.status == .running && run.steps[0].status == .running && run.events == 3)
    }

    @Test func `a run is found by the beginning of its name, or as the latest`() async throws {
        try await given(Sample.good) { history in
            try await history.record(.second, Sample.bad)
            #expect(try ShowRun(run: "20250421-12").answer(from: history.store).run == .first)
            #expect(try ShowRun(run: "latest").answer(from: history.store).run == .second)
            let many = #expect(throws: UnknownRun.self) { try ShowRun(run: "2025").answer(from: history.store) }
            #expect(many?.candidates == [.second, .first])
            let none = #expect(throws: UnknownRun.self) { try ShowRun(run: "1999").answer(from: history.store) }
            #expect(none?.candidates == [])
        }
    }

    @Test func `given a run whose process has died, it is interrupted now and ran then`() async throws {
        try await given([Sample.requested, Sample.started(), Sample.scrapeStarted]) { history in
            let dead = try ShowRun(run: "latest").answer(from: history.store) { _ in false }
            #expect(dead.status == .interrupted && dead.isResumable)
            #expect(dead.steps.map(\.status) == [.interrupted, .waiting])
            let then = try ShowRun(run: "latest", upTo: 3).answer(from: history.store) { _ in false }
            #expect(then.status == .running)
            let live = try ShowRun(run: "latest").answer(from: history.store) { _ in true }
            #expect(live.status == .running && !live.isResumable)
        }
    }
}
