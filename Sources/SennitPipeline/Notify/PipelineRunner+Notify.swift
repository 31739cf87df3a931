extension PipelineRunner {
    /// Tells those who want to hear how the run has ended, and keeps what came of it in the history.
    func notify(
        _ summary: RunSummary, journal: any RunJournal, observer: @escaping RunObserver
    ) async throws -> RunSummary {
        let listeners = notifiers.filter { $0.wants(summary.status) }
        guard !listeners.isEmpty else { return summary }
        let notification = RunNotification(
            pipeline: summary.pipeline, run: summary.run, status: summary.status, message: summary.message ?? "",
            failedSteps: summary.steps.filter { $0.status == .failed }.map(\.name),
            milliseconds: summary.milliseconds)
        let sent = await withTaskGroup(of: (Int, NotificationSent).self) { group in
            for (number, listener) in listeners.enumerated() {
                group.addTask { (number, await listener.send(notification)) }
            }
            var sent: [(Int, NotificationSent)] = []
            for await result in group { sent.append(result) }
            return sent.sorted { $0.0 < $1.0 }.map(\.1)
        }
        var recorder = RunRecorder(journal, summary: summary, observer: observer)
        // The run has ended as it has ended: what cannot be recorded about its messengers does not change that.
        try? await recorder.record(sent.map { .notificationSent($0) })
        return recorder.summary
    }
}
