/// Where the events of runs are kept: appended in order, never changed.
package protocol RunJournal: Sendable {
    /// Adds events to a run, all or none.
    ///
    /// - Parameters:
    ///   - events: One or more.
    ///   - run: The run.
    ///   - sequence: The last event of the run that the writer knows of; zero for none.
    /// - Throws: ``PipelineError`` with `historyFailed`, also when another writer was quicker.
    func append(_ events: [RunEvent], to run: RunID, after sequence: Int) async throws

    /// The events of a run from the first on; none for a run that is not known.
    func events(of run: RunID) async throws -> [RecordedRunEvent]

    /// The newest runs of a pipeline, the newest first.
    func newestRuns(of pipeline: String, limit: Int) async throws -> [RunID]

    /// Lets go of what the journal holds.
    func close() async
}
