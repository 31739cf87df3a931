package import EventStore
import GRDB

/// The command: remove old runs from the history.
///
/// A run that a process runs is never removed, nor is the newest run of a pipeline that ended well. A run whose process
/// has died counts as ended when it was asked for.
package struct PruneRuns: Sendable {
    /// How many of each pipeline's newest runs stay; nil for no such rule.
    package var keep: Int?
    /// Runs that ended before this moment go, in milliseconds since 1970; nil for no such rule.
    package var endedBefore: Int64?
    /// Whether to say only what would be removed.
    package var isRehearsal: Bool

    /// Makes the command.
    ///
    /// A run goes only if every rule that is given lets it go; without a rule none goes.
    package init(keep: Int? = nil, endedBefore: Int64? = nil, isRehearsal: Bool = false) {
        self.keep = keep
        self.endedBefore = endedBefore
        self.isRehearsal = isRehearsal
    }

    /// Carries it out.
    ///
    /// - Parameters:
    ///   - store: The history.
    ///   - isHeld: Whether a process runs a run at this moment: the history does not know of a process that was killed.
    ///   - makeRoom: Is given the runs that go when the disk is so full that the history cannot say so, and frees some.
    /// - Returns: The runs that were removed, the oldest first. One that somebody takes up meanwhile stays.
    /// - Throws: `EventStoreError`, `CancellationError`.
    package func carryOut(
        in store: EventStore, isHeld: (RunID) -> Bool = { _ in true },
        makeRoom: ([RunID]) throws -> Void = { _ in }
    ) async throws -> [RunID] {
        let runs = try await runs(in: store)
        let chosen = choose(
            from: runs.map { run in
                guard run.ended == nil, !isHeld(run.run) else { return run }
                var run = run
                run.ended = run.requested
                return run
            })
        guard !isRehearsal else { return chosen.map(\.run) }
        var removed: [RunID] = []
        var hasMadeRoom = false
        for run in chosen {
            try Task.checkCancellation()
            do {
                do {
                    try await store.delete(RunHistory.stream(of: run.run), expecting: .exact(run.version))
                } catch let error as EventStoreError where error.isFullDisk && !hasMadeRoom {
                    hasMadeRoom = true
                    try makeRoom(chosen.map(\.run))
                    try await store.delete(RunHistory.stream(of: run.run), expecting: .exact(run.version))
                }
                removed.append(run.run)
            } catch is VersionConflict {
                continue
            }
        }
        if !removed.isEmpty { try await compactUnlessBusy(store) }
        return removed
    }

    /// All runs; on a disk that is too full for their table, from their events.
    private func runs(in store: EventStore) async throws -> [PrunableRun] {
        do {
            return try await store.query(PrunableRunsProjection()) { db, tables in
                try PrunableRunsProjection.all(in: db, tables)
            }
        } catch let error as EventStoreError where error.isFullDisk {
            return try RunHistory.newest(EventStore.readLimit, in: store).compactMap { run in
                var found: PrunableRun?
                var version = 0
                while case let events = try store.events(in: RunHistory.stream(of: run), after: version),
                    let last = events.last
                {
                    for event in events { try PrunableRun.take(event, of: run, into: &found) }
                    version = last.version
                }
                found?.version = version
                return found
            }
        }
    }

    /// Gives the space back; while others write for long, or without room for a copy, the next pruning does it.
    private func compactUnlessBusy(_ store: EventStore) async throws {
        do {
            try await store.compact()
        } catch let error as EventStoreError where error.code == .busy || error.isFullDisk {
            return
        }
    }

    /// Which runs go, the oldest first.
    package func choose(from runs: [PrunableRun]) -> [PrunableRun] {
        guard keep != nil || endedBefore != nil else { return [] }
        let pipelines = Dictionary(grouping: runs, by: \.pipeline)
        let chosen = pipelines.values.flatMap { runs in
            let newestFirst = runs.sorted { ($0.requested, $0.run) > ($1.requested, $1.run) }
            let lastGood = newestFirst.first { $0.hasEndedWell }
            return newestFirst.enumerated().filter { place, run in
                guard let ended = run.ended, run.run != lastGood?.run else { return false }
                return place >= keep ?? 0 && ended < endedBefore ?? Int64.max
            }.map(\.element)
        }
        return chosen.sorted { ($0.requested, $0.run) < ($1.requested, $1.run) }
    }
}

/// What has to be known about a run to decide whether it goes.
package struct PrunableRun: Hashable, Sendable {
    package var run: RunID
    package var pipeline: String
    /// Milliseconds since 1970.
    package var requested: Int64
    /// When it ended; nil while no end is recorded.
    package var ended: Int64?
    package var hasEndedWell: Bool
    /// Its last event.
    package var version: Int

    package init(
        run: RunID, pipeline: String, requested: Int64, ended: Int64?, hasEndedWell: Bool = true, version: Int = 1
    ) {
        self.run = run
        self.pipeline = pipeline
        self.requested = requested
        self.ended = ended
        self.hasEndedWell = hasEndedWell
        self.version = version
    }

    /// Adds what an event of a run says about it.
    static func take(_ event: RecordedEvent, of run: RunID, into found: inout PrunableRun?) throws {
        let milliseconds = Int64(event.microseconds / 1000)
        switch event.type.name {
        case RunRequested.name:
            found = PrunableRun(
                run: run, pipeline: try event.value(as: RunRequested.self).pipeline, requested: milliseconds,
                ended: nil,
                hasEndedWell: false)
        case RunStarted.name:
            found?.ended = nil
            found?.hasEndedWell = false
        case RunFinished.name, RunFailed.name, RunCancelled.name:
            found?.ended = milliseconds
            found?.hasEndedWell = event.type.name == RunFinished.name
        default: break
        }
    }
}
