/// Which steps of a pipeline a run is about.
public struct RunSelection: Sendable, Hashable {
    /// Whether every step runs, even if nothing has changed.
    public var isForced: Bool
    /// A step that runs even if nothing has changed, and with it every step that reads what it makes, directly or not.
    public var from: String?
    /// A step that runs alone, on what the steps before it have made last.
    public var only: String?

    /// Makes a selection; without arguments, steps run if something has changed.
    public init(isForced: Bool = false, from: String? = nil, only: String? = nil) {
        self.isForced = isForced
        self.from = from
        self.only = only
    }

    /// Why steps must run, by number.
    package func demands(in pipeline: Pipeline) throws -> [Int: String] {
        var demands: [Int: String] = [:]
        if isForced { for step in pipeline.steps.indices { demands[step] = "it is forced" } }
        if let from {
            for step in pipeline.graph.descendants(of: try pipeline.index(of: from)) {
                demands[step] = pipeline.steps[step].name == from ? "it was asked for" : "it follows '\(from)'"
            }
        }
        if let only { demands[try pipeline.index(of: only)] = "it was asked for" }
        return demands
    }

    /// The steps that are not part of the run, with what they have made last.
    ///
    /// - Throws: ``PipelineError`` with `missingArtefact` when the step that runs alone would lack an input.
    package func outside(in pipeline: Pipeline, cache: StepCache) throws -> [Int: RunMachine.Completed] {
        guard let only else { return [:] }
        let alone = try pipeline.index(of: only)
        let inputs = Set(pipeline.graph.shapes[alone].inputs)
        var outside: [Int: RunMachine.Completed] = [:]
        for step in pipeline.steps.indices where step != alone {
            let isNeeded = pipeline.steps[step].outputs.contains(where: inputs.contains)
            // Also of those further back: what is damaged is made again from them.
            let values = pipeline.values(of: pipeline.steps[step]).mapValues(\.text)
            let record = cache.lastRecord(of: pipeline.steps[step].name, with: values.isEmpty ? nil : values)
            if isNeeded, record == nil {
                let with = values.isEmpty ? "" : " with \(RunValues.text(values))"
                throw PipelineError(
                    .missingArtefact,
                    "Step '\(only)' cannot run alone: step '\(pipeline.steps[step].name)', whose artefacts it reads, "
                        + "has not run yet\(with). Run the pipeline once without --only.")
            }
            outside[step] = RunMachine.Completed(artefacts: record?.artefacts ?? [], origin: .elsewhere)
        }
        return outside
    }
}
