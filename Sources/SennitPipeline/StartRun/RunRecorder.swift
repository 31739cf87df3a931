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

    /// Events that are written in one go: a step may have made any number of checks.
    private static let batch = 1000

    /// Records events, whose texts are cut to a length that the history takes.
    ///
    /// - Throws: ``PipelineError`` with `historyFailed`; those of them that the summary has are recorded.
    mutating func record(_ events: [RunEvent]) async throws {
        for start in stride(from: 0, to: events.count, by: Self.batch) {
            try await append(events[start..<min(start + Self.batch, events.count)].map(\.bounded))
        }
    }

    private mutating func append(_ events: [RunEvent]) async throws {
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
