internal import ConfigurationReading

extension Pipeline {
    /// The pipeline with values for some of its parameters.
    ///
    /// - Parameter values: Values as text, by the names of parameters; a value that was set before is replaced.
    /// - Returns: The same pipeline; its runs have the values.
    /// - Throws: ``PipelineError`` with `unknownParameter` or `invalidParameter`.
    public func setting(_ values: [String: String]) throws -> Pipeline {
        var pipeline = self
        for (name, text) in values.sorted(by: { $0.key < $1.key }) {
            let parameter = try parameter(name)
            let value = try parameter.read(text)
            if let partitions, partitions.parameter.name == name { try partitions.check(value, of: self.name) }
            pipeline.values[name] = value
        }
        return pipeline
    }

    /// The value of each parameter that has one, by its name.
    public var parameterValues: [String: ParameterValue] { values }

    /// The parameter of a name.
    ///
    /// - Throws: ``PipelineError`` with `unknownParameter` that lists what there is.
    package func parameter(_ name: String) throws -> Parameter {
        if let found = parameters.first(where: { $0.name == name }) { return found }
        let names = parameters.map(\.name)
        throw PipelineError(
            .unknownParameter,
            names.isEmpty
                ? "Pipeline '\(self.name)' has no parameters, so '\(name)' cannot be set."
                : "Pipeline '\(self.name)' has no parameter '\(name)'; it has \(names.joined(separator: ", "))."
                    + NameSuggestion.question(name, among: names))
    }

    /// The values that a step has asked for.
    package func values(of step: Step) -> [String: ParameterValue] {
        values.filter { step.parameters.contains($0.key) }
    }

    /// The steps that read the parameter of the partitions, or what such a step makes.
    package var partitionedSteps: Set<String> {
        guard let partitions else { return [] }
        var found: Set<Int> = []
        for step in graph.order
        where steps[step].parameters.contains(partitions.parameter.name)
            || !found.isDisjoint(with: graph.sources[step])
        {
            found.insert(step)
        }
        return Set(found.map { steps[$0].name })
    }

    /// The values as the history keeps them.
    package var recordedValues: [String: String] { values.mapValues(\.text) }

    /// Makes sure that a run can begin.
    ///
    /// - Parameters:
    ///   - redactor: Knows the values of the pipeline's secrets.
    ///   - step: The step that runs alone; nil for all of them.
    /// - Throws: ``PipelineError`` with `missingParameter` for one that has no value, and with `invalidParameter` for
    ///   one whose value has a secret in it.
    package func checkValues(_ redactor: Redactor, of step: Step? = nil) throws {
        for parameter in parameters where values[parameter.name] == nil {
            if let step, !step.parameters.contains(parameter.name) { continue }
            if let partitions, partitions.parameter.name == parameter.name {
                throw PipelineError(
                    .missingParameter,
                    "Pipeline '\(name)' runs for one \(partitions.noun) at a time: say which with "
                        + "--for \(partitions.example), or give a range with --for \(partitions.rangeExample).")
            }
            let summary = parameter.summary.isEmpty ? "" : " (\(parameter.summary))"
            throw PipelineError(
                .missingParameter,
                "Parameter '\(parameter.name)'\(summary) of pipeline '\(name)' has no value. Give one with "
                    + "--set \(parameter.name)=…; it takes \(parameter.type.expectation).")
        }
        for (name, value) in tags where redactor.redact(value) != value {
            throw PipelineError(
                .invalidTag, "The value of tag '\(name)' contains the value of a secret. Tags are recorded and shown.")
        }
        for (name, value) in values where redactor.redact(value.text) != value.text {
            throw PipelineError(
                .invalidParameter,
                "The value of parameter '\(name)' contains the value of a secret. Parameters are recorded and shown; "
                    + "leave the secret where it is, and let the step read it from there.")
        }
    }

    /// The parameters in the order of their declaration, each once, with sound defaults.
    static func checked(
        _ parameters: [Parameter], _ partitions: Partitions?, of pipeline: String, _ steps: [Step]
    ) throws -> [Parameter] {
        if let problem = partitions?.problem {
            throw PipelineError(.invalidPartition, "Pipeline '\(pipeline)' has partitions \(problem).")
        }
        let all = try ((partitions.map { [$0.parameter] } ?? []) + parameters).map { try $0.checked() }
        guard all.count <= 100 else {
            throw PipelineError(.invalidSetting, "Pipeline '\(pipeline)' has more than 100 parameters.")
        }
        let names = all.map(\.name)
        for (place, name) in names.enumerated() where names[..<place].contains(name) {
            throw PipelineError(.invalidParameter, "Pipeline '\(pipeline)' has two parameters called '\(name)'.")
        }
        for step in steps {
            for name in step.parameters where !names.contains(name) {
                throw PipelineError(
                    .unknownParameter,
                    "Step '\(step.name)' reads parameter '\(name)', which pipeline '\(pipeline)' does not declare."
                        + NameSuggestion.question(name, among: names))
            }
        }
        return all
    }
}
