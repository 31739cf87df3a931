internal import ConfigurationReading
package import EventStore
import Foundation

/// How the events of runs are kept in a store of events: a stream for each run, an event for each body.
package enum RunHistory {
    /// The category of the streams.
    package static let category = "run"

    /// The stream of a run.
    package static func stream(of run: RunID) -> StreamID {
        StreamID(category: category, identifier: run.rawValue)
    }

    /// The run behind a stream; nil if the stream is something else's.
    package static func run(of stream: StreamID) -> RunID? {
        stream.category == category ? RunID(String(stream.identifier)) : nil
    }

    /// Every kind of event, in its newest form.
    ///
    /// The steps from older forms belong here.
    package static let schema = EventSchema([
        RunRequested.self, RunStarted.self, RunFinished.self, RunFailed.self, RunCancelled.self,
        StepScheduled.self, StepWaiting.self, StepStarted.self, StepProgressed.self, StepRetried.self, StepSkipped.self,
        StepFinished.self, StepFailed.self, StepTimedOut.self, StepBlocked.self,
        ArtefactPublished.self, ArtefactDamaged.self, CheckEvaluated.self, NotificationSent.self,
    ])
    .upcast(RunRequested.Version1.self, to: RunRequested.self) { old in
        RunRequested(
            pipeline: old.pipeline, steps: old.steps, isForced: old.isForced, from: old.from, only: old.only)
    }

    /// Opens the history of runs; makes the file if there is none.
    ///
    /// - Throws: `EventStoreError`.
    package static func open(at path: String, options: EventStoreOptions = RunHistory.options) throws -> EventStore {
        try EventStore.open(at: path, schema: schema, options: options)
    }

    /// Texts are bounded when they are recorded, and what remains is the plan of a pipeline with very many steps.
    package static let options = {
        var options = EventStoreOptions()
        options.maximumEventBytes = 64 << 20
        return options
    }()

    /// The file in a pipeline store's directory.
    package static func path(inStore directory: String) -> String { directory + "/history.sqlite" }

    /// Opens the history of a store; on a full disk in the room that is kept for it.
    ///
    /// - Throws: `EventStoreError`.
    package static func open(in layout: StoreLayout) throws -> EventStore {
        do {
            return try open(at: layout.history)
        } catch let error as EventStoreError where error.isFullDisk && SpaceReserve(layout).release() {
            return try open(at: layout.history)
        }
    }

    /// Opens the history in a pipeline store's directory; nil if there is none yet.
    ///
    /// - Throws: `EventStoreError`.
    package static func openExisting(inStore directory: String) throws -> EventStore? {
        let path = path(inStore: directory)
        return FileManager.default.fileExists(atPath: path) ? try open(in: StoreLayout(root: directory)) : nil
    }

    /// The newest runs, by their names, the newest first.
    package static func newest(_ count: Int, in store: EventStore) throws -> [RunID] {
        try store.streams(startingWith: category + "-", limit: count).compactMap(run(of:))
    }

    /// Whether a person means the newest run, whatever its name.
    package static func isNewest(_ text: String) -> Bool { text == "last" || text == "latest" }

    /// The run that a person means.
    ///
    /// - Parameters:
    ///   - text: A run's name, the beginning of one if only one begins so, or "last" or "latest".
    ///   - store: The history.
    /// - Returns: The run.
    /// - Throws: ``UnknownRun``, `EventStoreError`.
    package static func find(_ text: String, in store: EventStore) throws -> RunID {
        let newest = isNewest(text)
        let streams = try store.streams(startingWith: category + "-" + (newest ? "" : text), limit: newest ? 1 : 5)
        let runs = streams.compactMap(run(of:))
        if let run = runs.first(where: { runs.count == 1 || $0.rawValue == text }) { return run }
        let others = runs.isEmpty ? try self.newest(1000, in: store).map(\.rawValue) : []
        throw UnknownRun(
            text: text, candidates: runs, suggestion: newest ? nil : NameSuggestion.nearest(to: text, among: others))
    }
}

/// There is no such run, or more than one.
package struct UnknownRun: Error, Hashable, CustomStringConvertible {
    /// What was asked for.
    package let text: String
    /// Runs whose names begin so, a few of them.
    package let candidates: [RunID]
    /// A run whose name is nearly that; nil if there is none.
    package var suggestion: String?

    package var description: String {
        guard candidates.isEmpty else {
            let names = candidates.map(\.rawValue).joined(separator: ", ")
            return "More than one run begins with '\(text)': \(names). Give more of its name."
        }
        return RunHistory.isNewest(text)
            ? "There are no runs yet."
            : "There is no run '\(text)'; 'sennit runs' lists those that there are."
                + (suggestion.map { " Did you mean '\($0)'?" } ?? "")
    }
}

extension RecordedRunEvent {
    /// An event as it is stored.
    ///
    /// - Throws: `EventStoreError` if it is not an event of a run, or was written by a newer release.
    package init(_ stored: RecordedEvent) throws {
        let value = try stored.value()
        guard let run = RunHistory.run(of: stored.stream), let body = value as? any RunEventBody,
            let event = RunEvent(body)
        else { throw EventStoreError(.unknownEventType, "'\(stored.stream)' \(stored.type) is no event of a run.") }
        self.init(
            run: run, sequence: stored.version, milliseconds: Int64(stored.microseconds / 1000), event: event)
    }
}

extension RunEvent {
    /// An event with a given body; nil if no event has such a body.
    package init?(_ body: any RunEventBody) {
        switch body {
        case let body as RunRequested: self = .runRequested(body)
        case let body as RunStarted: self = .runStarted(body)
        case let body as RunFinished: self = .runFinished(body)
        case let body as RunFailed: self = .runFailed(body)
        case let body as RunCancelled: self = .runCancelled(body)
        case let body as StepScheduled: self = .stepScheduled(body)
        case let body as StepWaiting: self = .stepWaiting(body)
        case let body as StepStarted: self = .stepStarted(body)
        case let body as StepProgressed: self = .stepProgressed(body)
        case let body as StepRetried: self = .stepRetried(body)
        case let body as StepSkipped: self = .stepSkipped(body)
        case let body as StepFinished: self = .stepFinished(body)
        case let body as StepFailed: self = .stepFailed(body)
        case let body as StepTimedOut: self = .stepTimedOut(body)
        case let body as StepBlocked: self = .stepBlocked(body)
        case let body as ArtefactPublished: self = .artefactPublished(body)
        case let body as ArtefactDamaged: self = .artefactDamaged(body)
        case let body as CheckEvaluated: self = .checkEvaluated(body)
        case let body as NotificationSent: self = .notificationSent(body)
        default: return nil
        }
    }
}
