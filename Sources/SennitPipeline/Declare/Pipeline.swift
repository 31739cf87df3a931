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

    package let graph: StepGraph

    /// Makes a pipeline.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - summary: What it is for, in one line.
    ///   - steps: At least one, at most 10,000.
    /// - Throws: ``PipelineError`` that names what is wrong: a name, a step or an output that is there twice, an input
    ///   that nobody makes, a cycle, a setting out of range.
    public init(_ name: String, summary: String = "", steps: [Step]) throws {
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
        if let problem = step.retry.problem {
            throw PipelineError(.invalidSetting, "Step '\(step.name)' has a retry policy in which \(problem).")
        }
        if let version = step.codeVersion, version.isEmpty || version.utf8.count > 200 {
            throw PipelineError(.invalidSetting, "Step '\(step.name)' has a code version that is empty or very long.")
        }
    }

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
