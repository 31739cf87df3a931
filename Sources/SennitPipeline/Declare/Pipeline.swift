internal import ConfigurationReading

/// Steps that belong together: each reads what others make.
///
/// ```swift
/// let words = try Pipeline("words", steps: [
///     Step("split", Split(), inputs: [.file("text.txt")], outputs: ["words.txt"]),
///     Step("count", Count(), inputs: ["words.txt"], outputs: ["counts.csv"]),
/// ])
/// ```
///
/// A value of this type is sound: its names are unique, every input is made by some step, and nothing waits for itself.
public struct Pipeline: Sendable {
    /// The pipeline's name: letters, digits, `.`, `_` and `-`.
    public let name: String
    /// What it is for, in one line.
    public let summary: String
    /// The steps, in the order in which they were declared.
    public let steps: [Step]
    /// What is decided when a run is asked for; the parameter of the partitions is the first one.
    public let parameters: [Parameter]
    /// Into which parts the work falls; nil if a run does all of it.
    public let partitions: Partitions?

    /// What is written on its runs, by name, so that they are found again.
    public internal(set) var tags: [String: String]

    /// What a person should know before it runs, one line each: a part that was left out, and why.
    public var notes: [String] = []

    package let graph: StepGraph
    /// The values of parameters, defaults included.
    package internal(set) var values: [String: ParameterValue]

    /// Makes a pipeline.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - summary: What it is for, in one line.
    ///   - parameters: What is decided when a run is asked for.
    ///   - partitions: Into which parts the work falls; a run does one of them.
    ///   - tags: What is written on its runs, by name; see ``tagged(_:)``.
    ///   - steps: At least one, at most 10,000.
    /// - Throws: ``PipelineError`` that names what is wrong: a name, a step or an output that is there twice, an input
    ///   that nobody makes, a cycle, a setting out of range, a parameter that is not declared.
    public init(
        _ name: String, summary: String = "", parameters: [Parameter] = [], partitions: Partitions? = nil,
        tags: [String: String] = [:], steps: [Step]
    ) throws {
        try NameRule.check(name, "pipeline")
        guard !steps.isEmpty else { throw PipelineError(.noSteps, "Pipeline '\(name)' has no steps.") }
        guard steps.count <= 10_000 else {
            throw PipelineError(.invalidSetting, "Pipeline '\(name)' has more than 10,000 steps.")
        }
        for step in steps { try Pipeline.check(step) }
        self.name = name
        self.summary = summary
        self.steps = steps
        graph = try StepGraph(steps.map { StepShape($0) })
        let declared = try Pipeline.checked(parameters, partitions, of: name, steps)
        self.parameters = declared
        self.partitions = partitions
        try Pipeline.check(tags)
        self.tags = tags
        values = declared.reduce(into: [:]) { values, parameter in values[parameter.name] = parameter.defaultValue }
    }

    private static func check(_ step: Step) throws {
        try NameRule.check(step.name, "step")
        for input in step.inputs { try NameRule.check(input.name, "input of step '\(step.name)'") }
        for output in step.outputs { try NameRule.check(output, "output of step '\(step.name)'") }
        guard step.isNameable else {
            throw PipelineError(
                .privateWork,
                "The work of step '\(step.name)' is of the private type '\(step.workType)', which a worker process "
                    + "cannot find by its name: make the type internal or public.")
        }
        if let timeout = step.timeout, timeout <= .zero {
            throw PipelineError(
                .invalidSetting, "Step '\(step.name)' has a timeout of \(timeout); it must be positive.")
        }
        if let limit = step.memoryLimit, limit < 16 << 20 {
            throw PipelineError(
                .invalidSetting,
                "Step '\(step.name)' has a memory limit of \(limit) bytes; a worker needs 16 MiB for itself.")
        }
        if let problem = step.limit?.problem {
            throw PipelineError(.invalidSetting, "Step '\(step.name)' has \(problem).")
        }
        if let problem = step.retry.problem {
            throw PipelineError(.invalidSetting, "Step '\(step.name)' has a retry policy in which \(problem).")
        }
        if let version = step.codeVersion, version.isEmpty || version.utf8.count > 200 {
            throw PipelineError(.invalidSetting, "Step '\(step.name)' has a code version that is empty or very long.")
        }
    }

    /// The same pipeline with other steps of the same names, inputs and outputs; values that were set stay.
    func replacing(_ steps: [Step]) throws -> Pipeline {
        let own = parameters.filter { $0.name != partitions?.parameter.name }
        var pipeline = try Pipeline(
            name, summary: summary, parameters: own, partitions: partitions, tags: tags, steps: steps)
        pipeline.values = values
        return pipeline
    }

    /// The partition that a run of it is about; nil if it has none, or if it has not been said.
    public var partition: String? { partitions.flatMap { values[$0.parameter.name]?.text } }

    /// The number of the step of a name.
    package func index(of step: String) throws -> Int {
        if let index = graph.numbers[step] { return index }
        let names = steps.map(\.name)
        throw PipelineError(
            .unknownStep,
            "Pipeline '\(name)' has no step '\(step)'; it has \(names.joined(separator: ", "))."
                + NameSuggestion.question(step, among: names))
    }
}

/// What may be the name of a pipeline, a step or an artefact: it becomes part of file names.
enum NameRule {
    static func check(_ name: String, _ what: String) throws {
        let isPlain = name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || [0x2D, 0x2E, 0x5F].contains(byte)
        }
        guard isPlain, (1...100).contains(name.utf8.count), name.first != "." else {
            throw PipelineError(
                .invalidName,
                "'\(name)' cannot be the name of a \(what): a name has 1 to 100 letters, digits, '.', '_' or '-', and "
                    + "does not begin with '.'.")
        }
    }
}
