import EventStore
import SennitPipeline
import Testing

struct RunHistoryTests {
    private static let bodies: [any RunEventBody] =
        Sample.bad + Sample.resumed + [
            Sample.cancelled, StepScheduled(step: "a", fingerprint: .sample, reason: "new"),
            StepWaiting(step: "a", limit: "l", maximum: 1),
            StepProgressed(step: "a", attempt: 1, progress: StepProgress(rows: 1)),
            StepRetried(step: "a", failedAttempt: 1, failure: Sample.loadFailure, delayMilliseconds: 1),
            StepTimedOut(step: "a", attempt: 1, limitMilliseconds: 1), StepBlocked(step: "a", because: "b"),
            ArtefactPublished(step: "a", artefact: .prices), ArtefactDamaged(producer: "a", artefact: .prices),
            CheckEvaluated(step: "a", check: "c", outcome: .pass),
        ]

    @Test func `every kind of event comes back as it went in`() async throws {
        #expect(Set(Self.bodies.map { type(of: $0).name }) == Set(RunEvent.names))
        try await given(Self.bodies) { history in
            let events = try history.store.events(in: RunHistory.stream(of: .first))
            let recorded = try events.map { try RecordedRunEvent($0) }
            #expect(recorded.map(\.event) == Self.bodies.map { RunEvent($0) })
            #expect(recorded.map(\.sequence) == Array(1...Self.bodies.count))
            #expect(recorded.allSatisfy { $0.run == .first })
        }
    }

    @Test func `a stream of something else is no run`() async throws {
        try await given([]) { history in
            try await history.store.append(to: "other-1", [Sample.requested])
            let event = try #require(try history.store.events(in: "other-1").first)
            #expect(throws: EventStoreError.self) { try RecordedRunEvent(event) }
            #expect(try RunHistory.newest(5, in: history.store) == [])
        }
    }
}
