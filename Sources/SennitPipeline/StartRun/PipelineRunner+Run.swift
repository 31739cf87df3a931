import Sennit

extension PipelineRunner {
    /// Runs a pipeline: steps whose outputs are in the store for the same inputs, code and configuration are skipped.
    ///
    /// A step that fails keeps only those from running that read what it makes. When the calling task is cancelled, the
    /// running steps are stopped, the history says so, and the function returns a summary with the status `cancelled`.
    ///
    /// - Parameters:
    ///   - pipeline: The pipeline.
    ///   - selection: Which steps run.
    ///   - observer: Is told what happens.
    /// - Returns: How the run has ended, well or not.
    /// - Throws: ``PipelineError`` when there is no run at all, or its history cannot be written.
    @concurrent
    public func run(
        _ pipeline: Pipeline, _ selection: RunSelection = RunSelection(),
        observer: @escaping RunObserver = { _ in }
    ) async throws -> RunSummary {
        let demands = try selection.demands(in: pipeline)
        try pipeline.checkValues(pipeline.makeRedactor())
        // A file that cannot be read is its step's failure.
        var fingerprints = RunFingerprint()
        let fingerprint = pipeline.partition == nil ? nil : try? fingerprints.of(pipeline)
        return try await withWorkers(pipeline.graph.width, fresh: pipeline.hasMemoryLimits) { pool in
            let layout = layout
            try layout.prepare()
            var generator = SystemRandomNumberGenerator()
            let run = RunID(milliseconds: WallClock.milliseconds(), using: &generator)
            let lock = try layout.lock(run)
            let inspector = StepInspector(layout, pipeline: pipeline)
            let completed = try selection.outside(in: pipeline, cache: inspector.cache)
            let journal = try openJournal(layout)
            layout.sweep()
            let request = RunRequested(
                pipeline: pipeline.name, steps: pipeline.plannedSteps, isForced: selection.isForced,
                from: selection.from, only: selection.only, parameters: pipeline.recordedValues,
                partition: pipeline.partition, fingerprint: fingerprint, tags: pipeline.tags,
                options: resumeOptions)
            let session = SessionStart(
                pipeline: pipeline, summary: RunSummary(run: run), journal: journal, number: 1,
                opening: [.runRequested(request)], completed: completed, demands: demands, observer: observer)
            let summary = await finishing(journal, lock) { try await start(session, in: pool) }
            return try summary.get()
        }
    }

    /// What a session begins with.
    struct SessionStart: Sendable {
        let pipeline: Pipeline
        let summary: RunSummary
        let journal: any RunJournal
        let number: Int
        let opening: [RunEvent]
        let completed: [Int: RunMachine.Completed]
        let demands: [Int: String]
        let observer: RunObserver
    }

    /// Runs one session of a run to its end, and notifies those who want to hear of it.
    func start(_ start: SessionStart, in pool: ProcessThreadPool<NoContext>) async throws -> RunSummary {
        let pipeline = start.pipeline
        let run = start.summary.run
        let machine = RunMachine(
            graph: pipeline.graph, policies: pipeline.steps.map(\.retry),
            timeouts: pipeline.steps.map(\.timeout), limits: machineLimits(of: pipeline), completed: start.completed,
            demands: start.demands, maximumRunning: maximumParallelSteps, seed: UInt64.random(in: 0 ... .max))
        let started = RunStarted(session: start.number, processID: ProcessIdentity.current)
        let plan = SessionPlan(
            run: run, session: start.number, layout: layout,
            inspector: StepInspector(layout, pipeline: pipeline),
            redactor: try pipeline.makeRedactor(), observer: start.observer, patience: cancellationPatience,
            opening: start.opening + [.runStarted(started)],
            places: { [layout, limits] name in LimitSlots(layout, name: name, maximum: limits[name] ?? 1) },
            parameters: { pipeline.values(of: $0) })
        let recorder = RunRecorder(start.journal, summary: start.summary, observer: start.observer)
        let (messages, feed) = AsyncStream<RunSession.Message>.makeStream()
        // A task of its own: the caller's cancellation must stop the steps and not the keeping of the history.
        let work = Task { @concurrent in
            let session = RunSession(
                pipeline, plan: plan, machine: machine, recorder: recorder, pool: pool, feed: feed)
            let summary = try await session.run(messages)
            try? FileSystem.remove(layout.work(of: run))
            return try await notify(summary, journal: start.journal, observer: start.observer)
        }
        return try await withTaskCancellationHandler {
            try await work.value
        } onCancel: {
            feed.yield(.machine(.cancel))
        }
    }

    private func machineLimits(of pipeline: Pipeline) -> [Int: RunMachine.Limit] {
        pipeline.steps.enumerated().reduce(into: [:]) { found, step in
            guard let name = step.element.limit?.name else { return }
            found[step.offset] = RunMachine.Limit(name: name, maximum: limits[name] ?? 1)
        }
    }

    /// Lets the journal and the lock go on every path.
    func finishing(
        _ journal: any RunJournal, _ lock: RunLock, _ body: () async throws -> RunSummary
    ) async -> Result<RunSummary, any Error> {
        let result: Result<RunSummary, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        await journal.close()
        withExtendedLifetime(lock) {}
        return result
    }

    /// Starts the workers, which come up while the plan is made, and ends them.
    func withWorkers<Result: Sendable>(
        _ count: Int, fresh: Bool = false, _ body: (ProcessThreadPool<NoContext>) async throws -> Result
    ) async throws -> Result {
        var options = PoolOptions()
        // What one step has left in memory must not count against another one's limit.
        if fresh { options.maxTasksPerWorker = 1 }
        options.name = "sennit-step"
        options.startup = .eager
        options.standardError = .discard
        options.standardErrorTailBytes = 8192
        let pool = try ProcessThreadPool(
            processes: min(maximumParallelSteps, count), threadsPerProcess: 1, options: options)
        do {
            let result = try await body(pool)
            await pool.kill()
            return result
        } catch {
            await pool.kill()
            throw error
        }
    }
}

extension Pipeline {
    /// Whether a step has a limit on its memory.
    var hasMemoryLimits: Bool { steps.contains { $0.memoryLimit != nil } }

    /// Knows the secrets that the steps' configurations name.
    func makeRedactor() throws -> Redactor {
        Redactor(try steps.flatMap { try $0.configuration().secrets })
    }
}

extension StepGraph {
    /// The most steps that are at the same distance from the beginning: about as many as can run at once.
    var width: Int {
        var levels = [Int](repeating: 0, count: shapes.count)
        var counts: [Int: Int] = [:]
        for step in order {
            levels[step] = (sources[step].map { levels[$0] }.max() ?? -1) + 1
            counts[levels[step], default: 0] += 1
        }
        return max(1, counts.values.max() ?? 1)
    }
}
