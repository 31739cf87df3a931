import ByteText
import ConfigurationReading
package import SennitPipeline

/// The pipelines that the program offers.
package struct PipelineCatalogue: Sendable {
    @TaskLocal package static var current = PipelineCatalogue([])

    package let declarations: [PipelineDeclaration]

    package init(_ declarations: [PipelineDeclaration]) { self.declarations = declarations }

    /// The pipeline of a name; the only one there is, when no name is given.
    ///
    /// - Throws: ``PipelineError`` that lists what there is.
    package func declaration(_ name: String?) throws -> PipelineDeclaration {
        let names = declarations.map(\.name).joined(separator: ", ")
        guard !declarations.isEmpty else {
            throw CatalogueError("This program offers no pipelines.")
        }
        if let name {
            if let found = declarations.first(where: { $0.name == name }) { return found }
            throw CatalogueError(
                "There is no pipeline '\(name)'; there is \(names)."
                    + NameSuggestion.question(name, among: declarations.map(\.name)))
        }
        guard declarations.count == 1 else { throw CatalogueError("Say which pipeline: \(names).") }
        return declarations[0]
    }

    /// The sections of a configuration file that some pipeline reads.
    package var sections: [String] { declarations.flatMap(\.sections) }

    /// The pipeline with what the configuration says.
    ///
    /// - Throws: What making it throws; ``PipelineError`` for a step, a limit or a pipeline in the
    ///   configuration that there is not.
    package func pipeline(
        _ declaration: PipelineDeclaration, _ configuration: PipelineConfiguration
    ) throws -> Pipeline {
        try configuration.checkPipelines(declarations.map(\.name))
        var others: Set<String> = []
        var limits: Set<String> = []
        for other in declarations where other.name != declaration.name {
            // Of one that this configuration does not fit, the steps cannot be known.
            guard let pipeline = try? other.makeAsDeclared(configuration) else {
                return try declaration.make(configuration)
            }
            others.formUnion(pipeline.steps.map(\.name))
            limits.formUnion(pipeline.steps.compactMap(\.limit?.name))
        }
        let made = try declaration.make(configuration, others: others)
        try configuration.checkLimits(limits.union(made.steps.compactMap(\.limit?.name)))
        return made
    }

    /// The step of a name, either `pipeline.step` or the name alone where only one pipeline has it.
    package func step(
        _ name: String, _ configuration: PipelineConfiguration
    ) throws -> (pipeline: Pipeline, step: String) {
        let pipelines = try declarations.map { try pipeline($0, configuration) }
        var found: [(pipeline: Pipeline, step: String)] = []
        for pipeline in pipelines {
            for step in pipeline.steps where name == "\(pipeline.name).\(step.name)" || name == step.name {
                found.append((pipeline, step.name))
            }
        }
        if let exact = found.first(where: { name == "\($0.pipeline.name).\($0.step)" }) { return exact }
        guard let first = found.first else {
            let steps = pipelines.flatMap { pipeline in
                pipeline.steps.map { name.bytes.holds(".") ? "\(pipeline.name).\($0.name)" : $0.name }
            }
            throw CatalogueError(
                "There is no step '\(name)'; 'sennit step list' shows what there is."
                    + NameSuggestion.question(name, among: steps))
        }
        guard found.count == 1 else {
            let names = found.map { "\($0.pipeline.name).\($0.step)" }.joined(separator: ", ")
            throw CatalogueError("Several pipelines have a step '\(name)': say one of \(names).")
        }
        return first
    }
}

/// A name that means nothing here, or too much.
package struct CatalogueError: Error, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
