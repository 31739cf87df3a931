import Foundation
import SennitPipeline
import Testing

@Suite struct RunEventTests {
    static let hash = ContentHash(bytes: 0..<32)
    static let artefact = ArtefactReference(name: "aws.sql", hash: hash, bytes: 12)
    static let failure = StepFailureRecord(
        kind: .workerDied, message: "was killed", isPermanent: true, standardErrorTail: "last words")

    /// One of each kind.
    static let all: [RunEvent] = [
        .runRequested(
            RunRequested(
                pipeline: "prices", steps: [PlannedStep(name: "aws", inputs: ["index"], outputs: ["aws.sql"])],
                isForced: true, from: "aws", only: "aws")),
        .runStarted(RunStarted(session: 2, processID: 77)),
        .runFinished(RunFinished(milliseconds: 5, stepsRun: 2, stepsFromCache: 1)),
        .runFailed(RunFailed(milliseconds: 5, failedSteps: ["a"], blockedSteps: ["b"], message: "no")),
        .runCancelled(RunCancelled(milliseconds: 5, interruptedSteps: ["a"])),
        .stepScheduled(StepScheduled(step: "aws", fingerprint: hash, reason: "forced")),
        .stepWaiting(StepWaiting(step: "aws", limit: "network", maximum: 2)),
        .stepStarted(StepStarted(step: "aws", attempt: 1)),
        .stepProgressed(
            StepProgressed(
                step: "aws", attempt: 1,
                progress: StepProgress(rows: 1, totalRows: 2, bytes: 3, totalBytes: 4, message: "m"))),
        .stepRetried(StepRetried(step: "aws", failedAttempt: 1, failure: failure, delayMilliseconds: 500)),
        .stepSkipped(StepSkipped(step: "aws", fingerprint: hash, artefacts: [artefact], rows: 9)),
        .stepFinished(
            StepFinished(
                step: "aws", attempt: 2, fingerprint: hash, artefacts: [artefact], milliseconds: 6, rows: 9)),
        .stepFailed(StepFailed(step: "aws", attempt: 3, failure: failure)),
        .stepTimedOut(StepTimedOut(step: "aws", attempt: 1, limitMilliseconds: 1000)),
        .stepBlocked(StepBlocked(step: "join", because: "aws")),
        .artefactPublished(ArtefactPublished(step: "aws", artefact: artefact)),
        .artefactDamaged(ArtefactDamaged(producer: "aws", artefact: artefact)),
        .checkEvaluated(CheckEvaluated(step: "aws", check: "row_count > 0", outcome: .pass, value: "9", message: nil)),
        .notificationSent(NotificationSent(channel: "slack", isDelivered: false, attempts: 3, failure: "refused")),
    ]

    @Test func `every kind of event survives being written and read`() throws {
        #expect(Set(Self.all.map(\.name)) == Set(RunEvent.names))
        for event in Self.all {
            let data = try JSONEncoder().encode(event)
            #expect(try JSONDecoder().decode(RunEvent.self, from: data) == event)
        }
    }

    @Test func `the written form is one flat object with name and version`() throws {
        let run = try #require(RunID("20250421-143012-7f3a9c"))
        let recorded = RecordedRunEvent(
            run: run, sequence: 3, milliseconds: 1_745_245_812_007, event: Self.all[2])
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let data = try encoder.encode(recorded)
        #expect(
            String(decoding: data, as: UTF8.self)
                == #"{"event":"run.finished","milliseconds":5,"run":"20250421-143012-7f3a9c","sequence":3,"#
                + #""stepsFromCache":1,"stepsRun":2,"time":1745245812007,"version":1}"#)
        #expect(try JSONDecoder().decode(RecordedRunEvent.self, from: data) == recorded)
    }

    @Test func `an event of an unknown name says so`() {
        let text = #"{"event":"run.exploded","version":1}"#
        let error = #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(RunEvent.self, from: Data(text.utf8))
        }
        #expect("\(String(describing: error))".contains("run.exploded"))
    }

    @Test(arguments: ["", "a/b", "..", "a b", String(repeating: "a", count: 65)])
    func `what cannot be a run's name`(text: String) { #expect(RunID(text) == nil) }

    @Test func `a run's name begins with its time`() {
        var generator = SystemRandomNumberGenerator()
        let run = RunID(milliseconds: 1_745_245_812_007, using: &generator)
        #expect(run.rawValue.hasPrefix("20250421-143012-"))
        #expect(run.rawValue.utf8.count == 22)
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (1_709_251_199_999, "2024-02-29T23:59:59.999Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
    ])
    func `moments as the calendar shows them`(milliseconds: Int64, text: String) {
        #expect(CalendarTime(milliseconds: milliseconds).text == text)
    }
}
