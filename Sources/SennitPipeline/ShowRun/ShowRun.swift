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
    /// - Throws: ``UnknownRun``, `EventStoreError`.
    package func answer(from store: EventStore) throws -> ShownRun {
        let run = try RunHistory.find(run, in: store)
        let replayed = try store.replay(RunHistory.stream(of: run), upTo: upTo, as: ShownRun.self)
        return replayed.state
    }
}
