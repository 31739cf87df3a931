import EventStore
import Foundation
import SennitPipeline
import Synchronization
import Testing

/// A history that holds given events, in a folder of its own, gone with it.
final class GivenHistory: Sendable {
    /// The time of the first event in every history, in milliseconds since 1970.
    static let start: Int64 = 1_745_000_000_000

    let folder: URL
    let store: EventStore

    /// A clock that goes on by a second for each append.
    private final class Clock: Sendable {
        private let next = Mutex(GivenHistory.start)

        func now() -> Date {
            next.withLock { next in
                defer { next += 1000 }
                return Date(timeIntervalSince1970: Double(next) / 1000)
            }
        }
    }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "run-history-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let clock = Clock()
        var options = EventStoreOptions()
        options.now = { clock.now() }
        store = try RunHistory.open(at: RunHistory.path(inStore: folder.path), options: options)
    }

    deinit {
        try? store.close()
        try? FileManager.default.removeItem(at: folder)
    }

    /// Records events of a run, a second apart.
    func record(_ run: RunID, _ events: [any RunEventBody]) async throws {
        for event in events { try await store.append(to: RunHistory.stream(of: run), [event]) }
    }

    /// What records events of a run when it is called for the first time.
    func ending(_ run: RunID, with events: any RunEventBody...) -> @Sendable () async throws -> Void {
        let isDone = Mutex(false)
        return { [self] in
            let isFirst = isDone.withLock { done in
                defer { done = true }
                return !done
            }
            if isFirst { try await record(run, events) }
        }
    }
}

/// Records events of the first run in a history of their own, and then looks at it.
func given<T>(_ events: [any RunEventBody], then: (GivenHistory) async throws -> T) async throws -> T {
    let history = try GivenHistory()
    try await history.record(.first, events)
    return try await then(history)
}

extension RunID {
    static let first = named("20250421-120000-000001")
    static let second = named("20250421-130000-000002")
    static let third = named("20250421-140000-000003")

    static func named(_ text: String) -> RunID {
        guard let run = RunID(text) else { fatalError("'\(text)' names no run") }
        return run
    }
}

extension ContentHash {
    static let sample = ContentHash(bytes: Array(repeating: 7, count: 32))
}

extension ArtefactReference {
    static let prices = ArtefactReference(name: "prices", hash: .sample, bytes: 1234)
}

/// Events of a pipeline 'prices' with the steps 'scrape' and 'load'.
enum Sample {
    static let requested = RunRequested(
        pipeline: "prices",
        steps: [
            PlannedStep(name: "scrape", inputs: [], outputs: ["prices"]),
            PlannedStep(name: "load", inputs: ["prices"], outputs: []),
        ])

    static func started(_ session: Int = 1) -> RunStarted { RunStarted(session: session, processID: 42) }

    static let scrapeStarted = StepStarted(step: "scrape", attempt: 1)
    static let scrapeFinished = StepFinished(
        step: "scrape", attempt: 1, fingerprint: .sample, artefacts: [.prices], milliseconds: 800, rows: 120)
    static let loadStarted = StepStarted(step: "load", attempt: 1)
    static let loadFinished = StepFinished(
        step: "load", attempt: 1, fingerprint: .sample, artefacts: [], milliseconds: 300)
    static let loadFailure = StepFailureRecord(kind: .thrown, message: "no table", standardErrorTail: "last words")
    static let loadFailed = StepFailed(step: "load", attempt: 1, failure: loadFailure)
    static let finished = RunFinished(milliseconds: 1200, stepsRun: 2, stepsFromCache: 0)
    static let failed = RunFailed(milliseconds: 900, failedSteps: ["load"], blockedSteps: [], message: "load: no table")
    static let cancelled = RunCancelled(milliseconds: 500, interruptedSteps: ["scrape"])
    static let told = NotificationSent(channel: "webhook", isDelivered: true, attempts: 1)

    /// A run that ended well.
    static let good: [any RunEventBody] = [
        requested, started(), scrapeStarted, scrapeFinished, loadStarted, loadFinished, finished,
    ]
    /// A run of which a step failed.
    static let bad: [any RunEventBody] = [
        requested, started(), scrapeStarted, scrapeFinished, loadStarted, loadFailed, failed, told,
    ]
    /// What follows it when it is resumed and then ends well.
    static let resumed: [any RunEventBody] = [
        started(2), StepSkipped(step: "scrape", fingerprint: .sample, artefacts: [.prices], rows: 120), loadStarted,
        loadFinished, finished,
    ]
}
