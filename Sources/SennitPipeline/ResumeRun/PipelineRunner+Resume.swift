extension PipelineRunner {
    /// Takes up a run that failed, was stopped, or whose process died: steps that have ended are not run again, all
    /// others are.
    ///
    /// Steps that have ended stay as they are even if their code has changed since. Parameters have the values that the
    /// run was asked for with, whatever the pipeline says.
    ///
    /// - Parameters:
    ///   - run: The run; nil for the newest one of the pipeline that has not ended well and is not running.
    ///   - pipeline: The pipeline, with the steps that it had.
    ///   - observer: Is told what happens.
    /// - Returns: How the run has ended this time.
    /// - Throws: ``PipelineError``: no such run, it has ended well, it is running, or the pipeline has other steps now.
    @concurrent
    public func resume(
        _ run: RunID? = nil, of pipeline: Pipeline, observer: @escaping RunObserver = { _ in }
    ) async throws -> RunSummary {
        try await withWorkers(pipeline.graph.width, fresh: pipeline.hasMemoryLimits) { pool in
            let layout = layout
            try layout.prepare()
            let journal = try openJournal(layout)
            guard let run = try await resumedRun(run, of: pipeline, journal) else {
                throw PipelineError(
                    .unknownRun,
                    "There is nothing to resume: pipeline '\(pipeline.name)' has no run in '\(layout.root)' that "
                        + "did not end well, at least among its newest \(Self.lookedAt).")
            }
            // The lock first: what is read before it may be out of date.
            let lock = try layout.lock(run)
            let result = await finishing(journal, lock) {
                let events = try await journal.events(of: run)
                let replay = RunReplay(events)
                let pipeline = try replay.setting(pipeline, run: run)
                try pipeline.checkValues(pipeline.makeRedactor())
                let completed = try replay.resumable(in: pipeline, run: run, store: layout.artefacts)
                try FileSystem.remove(layout.work(of: run))
                layout.sweep()
                let (outside, demands) = try selection(of: replay, in: pipeline)
                let session = SessionStart(
                    pipeline: pipeline, summary: RunSummary(run: run, events: events), journal: journal,
                    number: replay.sessions + 1, opening: [],
                    completed: outside.merging(completed) { $1 },
                    demands: demands.filter { completed[$0.key] == nil }, observer: observer)
                observer(.takenUp(session.summary))
                return try await start(session, in: pool)
            }
            return try result.get()
        }
    }

    private func resumedRun(
        _ run: RunID?, of pipeline: Pipeline, _ journal: any RunJournal
    ) async throws -> RunID? {
        if let run { return run }
        for run in try await journal.newestRuns(of: pipeline.name, limit: Self.lookedAt) where !layout.isHeld(run) {
            let summary = RunSummary(run: run, events: try await journal.events(of: run))
            if summary.status != .finished { return run }
        }
        return nil
    }

    /// How many runs are looked at for one that can be resumed.
    private static let lookedAt = 100

    /// What was selected when the run was asked for.
    private func selection(
        of replay: RunReplay, in pipeline: Pipeline
    ) throws -> ([Int: RunMachine.Completed], [Int: String]) {
        guard let request = replay.request else { return ([:], [:]) }
        let selection = RunSelection(isForced: request.isForced, from: request.from, only: request.only)
        let cache = StepCache(layout, pipeline: pipeline)
        return (try selection.outside(in: pipeline, cache: cache), try selection.demands(in: pipeline))
    }
}
