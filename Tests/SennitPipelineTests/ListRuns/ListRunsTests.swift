import EventStore
import SennitPipeline
import Testing

struct ListRunsTests {
    private func list(_ events: [any RunEventBody]) async throws -> ListedRun {
        try await given(events) { history in
            let runs = try await ListRuns().answer(from: history.store)
            #expect(runs.count == 1)
            return try #require(runs.first)
        }
    }

    @Test func `given nothing, there are no runs`() async throws {
        try await given([]) { history in
            let runs = try await ListRuns().answer(from: history.store)
            #expect(runs == [])
        }
    }

    @Test func `given a run that ended well, it is finished with its steps`() async throws {
        let run = try await list(Sample.good)
        #expect(run.run == .first && run.pipeline == "prices" && run.status == .finished)
        #expect(run.steps == ["scrape": .finished, "load": .finished])
        #expect(run.requested == GivenHistory.start && run.ended == GivenHistory.start + 6000)
        #expect(run.milliseconds == 1200 && run.sessions == 1 && run.message == nil)
    }

    @Test func `given a run that was asked for, it waits`() async throws {
        #expect(try await list([Sample.requested]).status == .waiting)
    }

    @Test func `given a run in the middle, it is running and has no end`() async throws {
        let run = try await list([Sample.requested, Sample.started(), Sample.scrapeStarted])
        #expect(run.status == .running && run.ended == nil && run.milliseconds == nil)
        #expect(run.steps == ["scrape": .running, "load": .waiting])
    }

    @Test func `given a failed run, it says why`() async throws {
        let run = try await list(Sample.bad)
        #expect(run.status == .failed && run.message == "load: no table")
        #expect(run.count(.failed) == 1 && run.count(.finished, .cached) == 1)
    }

    @Test func `given a failed run that was resumed, the failure is forgotten`() async throws {
        let run = try await list(Sample.bad + Sample.resumed)
        #expect(run.status == .finished && run.message == nil && run.sessions == 2)
        #expect(run.steps == ["scrape": .cached, "load": .finished])
    }

    @Test func `given a cancelled run, its step waits again`() async throws {
        let run = try await list([Sample.requested, Sample.started(), Sample.scrapeStarted, Sample.cancelled])
        #expect(run.status == .cancelled && run.steps["scrape"] == .waiting)
    }

    @Test func `given retries and checks, they are counted`() async throws {
        let run = try await list([
            Sample.requested, Sample.started(), Sample.scrapeStarted,
            StepRetried(step: "scrape", failedAttempt: 1, failure: Sample.loadFailure, delayMilliseconds: 5),
            StepStarted(step: "scrape", attempt: 2),
            CheckEvaluated(step: "scrape", check: "rows > 0", outcome: .fail),
            CheckEvaluated(step: "scrape", check: "no nulls", outcome: .warn),
            CheckEvaluated(step: "scrape", check: "broken", outcome: .error),
        ])
        #expect(run.retries == 1 && run.failedChecks == 2)
    }

    @Test func `given several runs, the newest comes first, and they can be chosen`() async throws {
        try await given(Sample.good) { history in
            try await history.record(.second, Sample.bad)
            var other = Sample.requested
            other.pipeline = "other"
            try await history.record(.third, [other])
            let store = history.store
            #expect(try await ListRuns().answer(from: store).map(\.run) == [.third, .second, .first])
            #expect(try await ListRuns(limit: 1).answer(from: store).map(\.run) == [.third])
            #expect(try await ListRuns(pipeline: "prices").answer(from: store).map(\.run) == [.second, .first])
            #expect(try await ListRuns(status: .failed).answer(from: store).map(\.run) == [.second])
            try await store.delete(RunHistory.stream(of: .second))
            #expect(try await ListRuns().answer(from: store).map(\.run) == [.third, .first])
        }
    }

    @Test func `given a list that was built, building it anew gives the same`() async throws {
        try await given(Sample.bad) { history in
            let before = try await ListRuns().answer(from: history.store)
            try await history.record(.first, Sample.resumed)
            let inSteps = try await ListRuns().answer(from: history.store)
            try await history.store.rebuild(ListedRunsProjection())
            let atOnce = try await ListRuns().answer(from: history.store)
            #expect(inSteps == atOnce && inSteps != before)
        }
    }

    @Test func `given runs whose processes have died, they are interrupted, and can be chosen`() async throws {
        try await given([Sample.requested, Sample.started(), Sample.scrapeStarted]) { history in
            try await history.record(.second, [Sample.requested, Sample.started()])
            try await history.record(.third, Sample.good)
            let store = history.store
            func list(_ status: ListedRun.Status?, limit: Int = 20) async throws -> [ListedRun] {
                try await ListRuns(status: status, limit: limit).answer(from: store) { $0 == .second }
            }
            #expect(try await list(nil).map(\.status) == [.finished, .running, .interrupted])
            #expect(try await list(nil, limit: 2).map(\.status) == [.finished, .running])
            #expect(try await list(.running).map(\.run) == [.second])
            let interrupted = try await list(.interrupted)
            #expect(interrupted.map(\.run) == [.first])
            #expect(interrupted.first?.steps["scrape"] == .waiting)
        }
    }

    @Test func `given a run that ends between two looks, it is not taken for an interrupted one`() async throws {
        try await given([Sample.requested, Sample.started()]) { history in
            try await history.record(.second, Sample.good)
            // Whoever ran it has recorded its end and let it go, as soon as somebody asks.
            let end = history.ending(.first, with: Sample.finished)
            let runs = try await ListRuns().answer(from: history.store) { _ in
                try? await end()
                return false
            }
            #expect(runs.map(\.status) == [.finished, .finished])
        }
    }
}
