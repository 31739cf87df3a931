import ByteText

/// What holds for the whole session.
struct SessionPlan: Sendable {
    let run: RunID
    let session: Int
    let layout: StoreLayout
    let inspector: StepInspector
    let redactor: Redactor
    let observer: RunObserver
    /// How long a step that is cancelled may take to end before its worker is killed.
    let patience: Duration
    /// The first events of the session.
    let opening: [RunEvent]
    /// The places of the limit of a name.
    let places: @Sendable (String) -> LimitSlots
    /// The values of the parameters that a step reads.
    let parameters: @Sendable (Step) -> [String: ParameterValue]

    func assignment(_ step: Step, attempt: Int, inputs: [ArtefactReference]) -> StepAssignment {
        let store = layout.artefacts
        let artefacts = inputs.map {
            StepAssignment.Input(name: $0.name, path: store.path(of: $0.hash), artefact: $0)
        }
        let files = step.inputs.compactMap { input in
            input.path.map { path in
                StepAssignment.Input(
                    name: input.name, path: PathText.isAbsolute(path) ? path : "\(FileSystem.workingDirectory)/\(path)")
            }
        }
        var assignment = StepAssignment(
            step: step.name, directory: "\(layout.work(of: run))/\(step.name).\(session).\(attempt)",
            inputs: artefacts + files, outputs: step.outputs, store: store)
        assignment.state = layout.state
        assignment.parameters = parameters(step)
        assignment.memoryLimit = step.memoryLimit
        return assignment
    }
}

extension Redactor {
    /// The event without the values of secrets.
    func redact(_ event: RunEvent) -> RunEvent {
        switch event {
        case .stepRetried(var body):
            body.failure = redact(body.failure)
            return .stepRetried(body)
        case .stepFailed(var body):
            body.failure = redact(body.failure)
            return .stepFailed(body)
        case .checkEvaluated(var body):
            body.value = body.value.map { redact($0) }
            body.message = body.message.map { redact($0) }
            return .checkEvaluated(body)
        default: return event
        }
    }
}
