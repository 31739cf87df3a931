package import EventStore

/// The query: everything that is known about one run.
package struct ShowRun: Sendable {
    /// The run's name, the beginning of it if no other run begins so, or "latest".
    package var run: String
    /// The last event that counts: how it stood then.
    ///
    /// Nil for all of them.
    package var upTo: Int?

    /// Makes the query.
    package init(run: String, upTo: Int? = nil) {
        self.run = run
        self.upTo = upTo
    }

    /// Answers it.
    ///
    /// - Parameters:
    ///   - store: The history.
    ///   - isHeld: Whether a process runs a run at this moment: the history does not know of a process that was killed.
    /// - Returns: The run.
    /// - Throws: ``UnknownRun``, `EventStoreError`.
    package func answer(from store: EventStore, isHeld: (RunID) -> Bool = { _ in true }) throws -> ShownRun {
        let run = try RunHistory.find(run, in: store)
        let shown = try replay(run, in: store)
        guard upTo == nil, shown.status.isOpen, !isHeld(run) else { return shown }
        // It may have ended between the two looks.
        var later = try replay(run, in: store)
        if later.status.isOpen { later.interrupt() }
        return later
    }

    private func replay(_ run: RunID, in store: EventStore) throws -> ShownRun {
        try store.replay(RunHistory.stream(of: run), upTo: upTo, as: ShownRun.self).state
    }
}
