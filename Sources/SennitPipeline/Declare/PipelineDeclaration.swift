/// A pipeline that a program offers, made when it is asked for from the program's configuration.
public struct PipelineDeclaration: Sendable {
    /// The pipeline's name.
    public let name: String
    /// What it is for, in one line.
    public let summary: String
    /// The sections of a configuration file that it reads.
    public let sections: [String]

    private let makePipeline: @Sendable (PipelineConfiguration) throws -> Pipeline
    private let makeAfterword: (@Sendable (RunSummary, ArtefactPaths) async throws -> String)?

    /// Declares a pipeline that depends on the configuration.
    ///
    /// - Parameters:
    ///   - name: The name of the pipeline that is made.
    ///   - summary: What it is for, in one line.
    ///   - sections: The sections of a configuration file that it reads; the one of its own name unless said otherwise.
    ///     A program refuses a file with sections that none of its pipelines reads.
    ///   - afterword: What is said below the summary of a run that has ended well, such as a figure from its outputs.
    ///   - make: Makes the pipeline.
    public init(
        _ name: String, summary: String = "", sections: [String]? = nil,
        afterword: (@Sendable (RunSummary, ArtefactPaths) async throws -> String)? = nil,
        make: @escaping @Sendable (PipelineConfiguration) throws -> Pipeline
    ) {
        self.name = name
        self.summary = summary
        self.sections = sections ?? [name]
        makePipeline = make
        makeAfterword = afterword
    }

    /// Declares a pipeline that is always the same.
    public init(_ pipeline: Pipeline) {
        self.init(pipeline.name, summary: pipeline.summary) { _ in pipeline }
    }

    /// Makes the pipeline, with what the configuration says about its steps.
    ///
    /// The configuration may speak of steps of other pipelines, unless their names are nearly those of this one's.
    ///
    /// - Throws: ``PipelineError``, also when the pipeline has another name than was declared.
    public func make(_ configuration: PipelineConfiguration) throws -> Pipeline {
        try configuration.adjusting(try makeAsDeclared(configuration), others: nil)
    }

    /// Makes the pipeline, where all steps of all other pipelines are known.
    package func make(_ configuration: PipelineConfiguration, others: Set<String>) throws -> Pipeline {
        try configuration.adjusting(try makeAsDeclared(configuration), others: others)
    }

    /// Makes the pipeline without what the configuration says about its steps.
    package func makeAsDeclared(_ configuration: PipelineConfiguration) throws -> Pipeline {
        let pipeline = try makePipeline(configuration)
        guard pipeline.name == name else {
            throw PipelineError(
                .invalidName, "The pipeline that was declared as '\(name)' calls itself '\(pipeline.name)'.")
        }
        return pipeline
    }

    /// What is said below the summary of a run that has ended well; nil for nothing.
    package func afterword(_ summary: RunSummary, _ paths: ArtefactPaths) async throws -> String? {
        try await makeAfterword?(summary, paths)
    }
}

/// Where the artefacts of a run lie.
public struct ArtefactPaths: Sendable {
    private let paths: [String: String]

    package init(_ summary: RunSummary, _ store: ArtefactStore) {
        paths = Dictionary(
            summary.steps.flatMap(\.artefacts).map { ($0.name, store.path(of: $0.hash)) },
            uniquingKeysWith: { _, last in last })
    }

    /// The path of an artefact's file, which must not be changed; nil if the run has no such artefact.
    public func path(of artefact: String) -> String? { paths[artefact] }
}
