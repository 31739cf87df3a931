/// What the history of a run says about its steps: enough to take the run up again.
package struct RunReplay: Sendable, Hashable {
    /// What was asked for; nil while no event was seen.
    package private(set) var request: RunRequested?
    /// How often the run has been taken up.
    package private(set) var sessions = 0
    /// Whether it has ended well.
    package private(set) var isFinished = false
    /// Steps that have their outputs, by name.
    package private(set) var completed: [String: RunMachine.Completed] = [:]
    /// The last event's place.
    package private(set) var sequence = 0

    package init() {}

    /// Replays a history.
    package init(_ events: [RecordedRunEvent]) {
        for event in events { take(event) }
    }

    /// Takes the next event in.
    package mutating func take(_ recorded: RecordedRunEvent) {
        sequence = recorded.sequence
        switch recorded.event {
        case .runRequested(let body): request = body
        case .runStarted(let body):
            sessions = body.session
            isFinished = false
        case .runFinished: isFinished = true
        case .stepFinished(let body):
            completed[body.step] = RunMachine.Completed(artefacts: body.artefacts, origin: .run)
        case .stepSkipped(let body):
            completed[body.step] = RunMachine.Completed(artefacts: body.artefacts, origin: .cache)
        case .artefactDamaged(let body): completed[body.producer] = nil
        default: break
        }
    }

    /// The pipeline with the values that the run was asked for with.
    ///
    /// - Throws: ``PipelineError`` with `pipelineChanged` if it has other parameters now.
    package func setting(_ pipeline: Pipeline, run: RunID) throws -> Pipeline {
        guard let request, request.pipeline == pipeline.name else { return pipeline }
        do {
            return try pipeline.setting(request.parameters)
        } catch {
            throw PipelineError(
                .pipelineChanged,
                "Run \(run) was asked for with \(RunValues.text(request.parameters)), and the parameters of "
                    + "'\(pipeline.name)' are others now. Start a new run.", cause: error)
        }
    }

    /// The steps of a pipeline that need not run again, by number: those that have ended and whose outputs are there.
    ///
    /// - Throws: ``PipelineError`` when the run cannot be resumed with this pipeline.
    package func resumable(
        in pipeline: Pipeline, run: RunID, store: ArtefactStore
    ) throws -> [Int: RunMachine.Completed] {
        guard let request else {
            throw PipelineError(.unknownRun, "The history has no run '\(run)'; 'sennit runs' lists what there is.")
        }
        guard request.pipeline == pipeline.name else {
            throw PipelineError(
                .pipelineChanged, "Run \(run) is one of pipeline '\(request.pipeline)', not of '\(pipeline.name)'.")
        }
        guard !isFinished else {
            throw PipelineError(.nothingToResume, "Run \(run) has ended well; there is nothing to resume.")
        }
        guard request.steps == pipeline.plannedSteps else {
            throw PipelineError(
                .pipelineChanged,
                "The steps of '\(pipeline.name)' are others than when run \(run) began. Give the configuration and "
                    + "the options that it had, such as --live, or start a new run: what has not changed comes from "
                    + "the cache.")
        }
        var found: [Int: RunMachine.Completed] = [:]
        for (name, completion) in completed where completion.artefacts.allSatisfy(store.holds) {
            found[try pipeline.index(of: name)] = completion
        }
        return found
    }
}

extension Pipeline {
    /// The steps as the history keeps them, each after its sources.
    package var plannedSteps: [PlannedStep] {
        graph.order.map { number in
            let step = steps[number]
            return PlannedStep(name: step.name, inputs: step.inputs.map(\.name), outputs: step.outputs)
        }
    }
}
