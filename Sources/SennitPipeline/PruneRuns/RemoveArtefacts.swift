package import EventStore
import Sennit

/// The command: remove the artefacts that no run in the history has made or used.
///
/// What each step has made last stays, so that steps after it can run alone, unless it was for a partition. Records of
/// the cache go with what they name: a step whose outputs are gone runs again when they are wanted.
package struct RemoveArtefacts: Sendable {
    /// Runs that count as removed already.
    package var without: Set<RunID>
    /// Whether to say only what would be removed.
    package var isRehearsal: Bool

    /// Makes the command.
    package init(without: Set<RunID> = [], isRehearsal: Bool = false) {
        self.without = without
        self.isRehearsal = isRehearsal
    }

    /// Carries it out.
    ///
    /// - Parameters:
    ///   - store: The history.
    ///   - layout: Where the artefacts are.
    /// - Returns: What was removed; nil if a run is under way, whose artefacts are not in the history yet.
    /// - Throws: `EventStoreError`, ``PipelineError``, `SystemError`, `CancellationError`.
    package func carryOut(in store: EventStore, _ layout: StoreLayout) throws -> RemovedArtefacts? {
        guard FileSystem.status(layout.artefacts.directory) != nil else { return RemovedArtefacts() }
        return try layout.unlessInUse {
            let wanted = try references(in: store).union(StepCache.lastReferences(in: layout))
            let unwanted = layout.artefacts.contents().filter { !wanted.contains($0.hash) }
            guard !isRehearsal else { return RemovedArtefacts(unwanted.map(\.bytes)) }
            // The records first: an artefact without a record is only a file too many.
            try StepCache.forget(Set(unwanted.map(\.hash)), in: layout)
            var removed: [Int64] = []
            for (hash, bytes) in unwanted {
                try Task.checkCancellation()
                try FileSystem.remove(layout.artefacts.path(of: hash))
                removed.append(bytes)
            }
            return RemovedArtefacts(removed)
        }
    }

    /// What the runs in the history have made or taken from the cache.
    private func references(in store: EventStore) throws -> Set<ContentHash> {
        var found: Set<ContentHash> = []
        var position = 0
        let filter = EventFilter.types(StepFinished.self, StepSkipped.self)
        while true {
            let chunk = try store.chunk(after: position, limit: EventStore.readLimit, matching: filter)
            for stored in chunk.events {
                let recorded = try RecordedRunEvent(stored)
                guard !without.contains(recorded.run) else { continue }
                switch recorded.event {
                case .stepFinished(let body): found.formUnion(body.artefacts.map(\.hash))
                case .stepSkipped(let body): found.formUnion(body.artefacts.map(\.hash))
                default: break
                }
            }
            guard !chunk.reachedEnd else { return found }
            position = chunk.scannedTo
            try Task.checkCancellation()
        }
    }
}

/// How much was removed.
package struct RemovedArtefacts: Sendable, Hashable {
    /// How many artefacts.
    package var count = 0
    /// Their bytes.
    package var bytes: Int64 = 0

    /// Nothing.
    package init() {}

    init(_ sizes: [Int64]) {
        count = sizes.count
        bytes = sizes.reduce(0, +)
    }
}
