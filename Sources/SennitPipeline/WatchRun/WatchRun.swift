package import EventStore

/// The query: the events of one run, those that are there and those that come, until the run ends.
package struct WatchRun: Sendable {
    /// The run's name, the beginning of it, or "latest"; nil for one that runs, or else the next one.
    package var run: String?
    /// Whether a process runs a run at this moment: the history does not know of a process that was killed.
    package var isHeld: @Sendable (RunID) async -> Bool

    /// Makes the query.
    package init(run: String? = nil, isHeld: @escaping @Sendable (RunID) async -> Bool = { _ in true }) {
        self.run = run
        self.isHeld = isHeld
    }

    /// Answers it.
    ///
    /// - Returns: The events, in order, without gaps. Waits for a run to begin if none was named and none runs.
    /// - Throws: ``UnknownRun``, `EventStoreError`, `CancellationError`.
    package func answer(from store: EventStore) async throws -> WatchedRun {
        if let run { return try watched(RunHistory.find(run, in: store), in: store) }
        let position = try store.lastPosition()
        if let newest = try await newestOpenRun(in: store) { return watched(newest, in: store) }
        for try await event in store.subscribe(after: position, matching: .types(RunStarted.self)) {
            if let run = RunHistory.run(of: event.stream) { return watched(run, in: store) }
        }
        throw CancellationError()
    }

    private func watched(_ run: RunID, in store: EventStore) -> WatchedRun {
        WatchedRun(run, in: store, isHeld: isHeld)
    }

    /// The newest run that runs, among the newest few.
    private func newestOpenRun(in store: EventStore) async throws -> RunID? {
        for run in try RunHistory.newest(20, in: store) {
            var life = RunLife()
            for event in try store.events(in: RunHistory.stream(of: run), limit: EventStore.readLimit) {
                life.apply(event.type)
            }
            if !life.hasEnded, await isHeld(run) { return run }
        }
        return nil
    }
}

/// Whether a run has ended; one that ended can be taken up again.
package struct RunLife: Sendable {
    package private(set) var hasEnded = false

    package init() {}

    private static let ends: Set<String> = [RunFinished.name, RunFailed.name, RunCancelled.name]

    /// Takes the next event in.
    package mutating func apply(_ type: EventType) {
        if Self.ends.contains(type.name) { hasEnded = true }
        if type.name == RunStarted.name { hasEnded = false }
    }
}
