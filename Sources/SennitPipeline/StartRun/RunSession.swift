import Sennit
import Synchronization

/// One session of a run: performs what the machine wants, and tells it what has happened.
///
/// One Swift task owns the machine and the history. Attempts, decisions and pauses run beside it and speak to it
/// through one stream.
final class RunSession {
    /// What the session's own task hears.
    enum Message: Sendable {
        case machine(RunMachine.Event)
        /// What a step that is about to run is made from.
        case recipe(step: Int, StepRecipe)
        case progress(step: Int, attempt: Int, StepProgress)
        /// A step has a place of its limit.
        case slot(step: Int, LimitSlot)
    }

    let pipeline: Pipeline
    let plan: SessionPlan
    private let pool: ProcessThreadPool<NoContext>
    private let feed: AsyncStream<Message>.Continuation
    private var machine: RunMachine
    private var recorder: RunRecorder
    private var running: [Int: TaskHandle<StepReport>] = [:]
    private var helpers: [Int: Task<Void, Never>] = [:]
    private var recipes: [Int: StepRecipe] = [:]
    private var slots: [Int: LimitSlot] = [:]
    private var lastRecorded: [Int: UInt64] = [:]
    private let start = MonotonicClock.now()

    init(
        _ pipeline: Pipeline, plan: SessionPlan, machine: RunMachine, recorder: RunRecorder,
        pool: ProcessThreadPool<NoContext>, feed: AsyncStream<Message>.Continuation
    ) {
        self.pipeline = pipeline
        self.plan = plan
        self.machine = machine
        self.recorder = recorder
        self.pool = pool
        self.feed = feed
    }

    /// Runs to the end, and returns what came of it.
    ///
    /// - Throws: ``PipelineError`` when the history cannot be written; every attempt is ended first.
    func run(_ messages: AsyncStream<Message>) async throws -> RunSummary {
        do {
            try await recorder.record(plan.opening)
            if try await perform(machine.handle(.begin)) { return recorder.summary }
            for await message in messages {
                switch message {
                case .machine(let event):
                    if try await take(event) { return recorder.summary }
                case .recipe(let step, let recipe): recipes[step] = recipe
                case .slot(let step, let slot):
                    slots[step] = slot
                    if try await take(.acquired(step: step)) { return recorder.summary }
                case .progress(let step, let attempt, let progress):
                    try await note(progress, of: step, attempt: attempt)
                }
            }
            return recorder.summary
        } catch {
            stopEverything()
            throw error
        }
    }

    /// Every pause and decision ends; attempts end with the pool, which the caller owns.
    private func stopEverything() {
        for handle in running.values { handle.kill() }
        for helper in helpers.values { helper.cancel() }
    }

    private func take(_ event: RunMachine.Event) async throws -> Bool {
        switch event {
        case .ended(let step, _, let end):
            running[step] = nil
            if case .finished(let report, _) = end { keepInCache(step, report) }
        case .decided(let step, _), .pauseOver(let step), .acquired(let step), .refused(let step, _):
            helpers[step] = nil
        case .waits: break
        case .cancel: for (_, helper) in helpers { helper.cancel() }
        case .begin: break
        }
        return try await perform(machine.handle(event))
    }

    private func keepInCache(_ step: Int, _ report: StepReport) {
        guard let recipe = recipes[step] else { return }
        // Without its record, the step runs once more some day; no reason to fail it now.
        try? plan.inspector.cache.keep(
            CacheRecord(recipe: recipe, artefacts: report.artefacts, rows: report.rows))
    }

    // MARK: Actions

    /// Performs actions in order.
    ///
    /// - Returns: Whether the run is over.
    private func perform(_ actions: [RunMachine.Action]) async throws -> Bool {
        // What is about to happen is in the history before it happens.
        try await recorder.record(
            actions.compactMap { action in
                if case .record(let event) = action { plan.redactor.redact(event) } else { nil }
            })
        for action in actions {
            switch action {
            case .record: break
            case .decide(let step, let inputs, let demand): decide(step, inputs, demand)
            case .start(let step, let attempt, let inputs): await begin(step, attempt, inputs)
            case .acquire(let step): acquire(step)
            case .release(let step):
                helpers[step]?.cancel()
                slots[step] = nil
            case .pause(let step, let duration): pause(step, for: duration)
            case .stop(let step): running[step]?.cancel()
            case .finish(let outcome):
                try await finish(outcome)
                return true
            }
        }
        return false
    }

    private func decide(_ number: Int, _ inputs: [ArtefactReference], _ demand: String?) {
        let step = pipeline.steps[number]
        let inspector = plan.inspector
        let feed = feed
        helpers[number] = Task { @concurrent in
            let decision: RunMachine.Decision
            do {
                switch try inspector.inspect(step, inputs: inputs, demand: demand) {
                case .cached(let record):
                    decision = .cached(
                        fingerprint: record.recipe.fingerprint, artefacts: record.artefacts, rows: record.rows)
                case .mustRun(let recipe, let reason):
                    feed.yield(.recipe(step: number, recipe))
                    decision = .run(fingerprint: recipe.fingerprint, reason: reason)
                }
            } catch {
                decision = .impossible(
                    StepFailureRecord(kind: .storage, message: "\(error)", isPermanent: true))
            }
            feed.yield(.machine(.decided(step: number, decision)))
        }
    }

    /// Waits for a place of the step's limit beside the session's task.
    private func acquire(_ number: Int) {
        guard let limit = pipeline.steps[number].limit else { return }
        let places = plan.places(limit.name)
        let feed = feed
        helpers[number] = Task { @concurrent in
            do {
                let slot = try await places.take(within: limit.maximumWait) {
                    feed.yield(.machine(.waits(step: number)))
                }
                try Task.checkCancellation()
                feed.yield(.slot(step: number, slot))
            } catch is CancellationError {
                // The machine has given it up itself.
            } catch {
                let kind: StepFailureRecord.Kind = error is LimitWaitOver ? .waitedTooLong : .storage
                let failure = StepFailureRecord(kind: kind, message: "\(error)", isPermanent: true)
                feed.yield(.machine(.refused(step: number, failure)))
            }
        }
    }

    private func pause(_ step: Int, for duration: Duration) {
        let feed = feed
        helpers[step] = Task { @concurrent in
            try? await Task.sleep(for: duration, clock: .continuous)
            feed.yield(.machine(.pauseOver(step: step)))
        }
    }

    private func begin(_ number: Int, _ attempt: Int, _ inputs: [ArtefactReference]) async {
        let step = pipeline.steps[number]
        do {
            let options = TaskOptions(
                timeout: step.timeout, isIdempotent: false, cancellation: .killAfter(plan.patience))
            let assignment = plan.assignment(step, attempt: attempt, inputs: inputs)
            let handle = try await step.submit(pool, assignment, options)
            running[number] = handle
            AttemptWatch(step: number, attempt: attempt, assignment: assignment, handle: handle, feed: feed).begin()
        } catch {
            let failure = StepFailureRecord(kind: .storage, message: "\(error)", isPermanent: true)
            feed.yield(.machine(.ended(step: number, attempt: attempt, .failed(failure, checks: []))))
        }
    }

    // MARK: Progress and the end

    /// Shows progress at once, and keeps it in the history at most once a second for each step.
    private func note(_ progress: StepProgress, of number: Int, attempt: Int) async throws {
        guard running[number] != nil else { return }
        var progress = progress
        progress.message = plan.redactor.redact(progress.message)
        let name = pipeline.steps[number].name
        plan.observer(.progress(step: name, attempt: attempt, progress))
        let now = MonotonicClock.now()
        guard now - (lastRecorded[number] ?? start) >= 1_000_000_000 else { return }
        lastRecorded[number] = now
        try await recorder.record([
            .stepProgressed(StepProgressed(step: name, attempt: attempt, progress: progress))
        ])
    }

    private func finish(_ outcome: RunMachine.Outcome) async throws {
        let milliseconds = Int64((MonotonicClock.now() - start) / 1_000_000)
        let message = plan.redactor.redact(outcome.message)
        let last: RunEvent =
            switch outcome.status {
            case .finished:
                .runFinished(
                    RunFinished(
                        milliseconds: milliseconds, stepsRun: outcome.stepsRun,
                        stepsFromCache: outcome.stepsFromCache))
            case .failed:
                .runFailed(
                    RunFailed(
                        milliseconds: milliseconds, failedSteps: outcome.failedSteps,
                        blockedSteps: outcome.blockedSteps, message: message))
            case .cancelled:
                .runCancelled(
                    RunCancelled(milliseconds: milliseconds, interruptedSteps: outcome.interruptedSteps))
            }
        try await recorder.record([last])
    }
}
