/// Adds the events of one run to its history, tells the observer, and keeps the sum.
struct RunRecorder {
    private let journal: any RunJournal
    private let observer: RunObserver
    private(set) var summary: RunSummary

    init(_ journal: any RunJournal, summary: RunSummary, observer: @escaping RunObserver) {
        self.journal = journal
        self.summary = summary
        self.observer = observer
    }

    /// - Throws: ``PipelineError`` with `historyFailed`; nothing was recorded then.
    mutating func record(_ events: [RunEvent]) async throws {
        guard !events.isEmpty else { return }
        try await journal.append(events, to: summary.run, after: summary.sequence)
        let now = WallClock.milliseconds()
        for event in events {
            let recorded = RecordedRunEvent(
                run: summary.run, sequence: summary.sequence + 1, milliseconds: now, event: event)
            summary.take(recorded)
            observer(.event(recorded))
        }
    }
}
