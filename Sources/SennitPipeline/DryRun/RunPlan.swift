/// What a run would do.
public struct RunPlan: Sendable, Hashable, Codable {
    /// What would happen to a step.
    public enum Action: String, Sendable, Hashable, Codable {
        /// It would run.
        case run
        /// Its outputs would come from the cache.
        case cached
        /// It would run unless the steps before it make the same artefacts as last time.
        case depends
        /// It is not part of the run.
        case outside
    }

    /// A step of the plan.
    public struct Step: Sendable, Hashable, Codable {
        /// The step.
        public var name: String
        /// What would happen to it.
        public var action: Action
        /// Why, in words.
        public var reason: String
        /// What it reads.
        public var inputs: [String]
        /// What it makes.
        public var outputs: [String]
    }

    /// The pipeline.
    public var pipeline: String
    /// Its steps, each after those whose artefacts it reads.
    public var steps: [Step]
}

extension PipelineRunner {
    /// Says what a run would do, without doing any of it.
    ///
    /// Reads input files and cached outputs to find out whether they have changed. The store need not exist.
    ///
    /// - Parameters:
    ///   - pipeline: The pipeline.
    ///   - selection: Which steps would run.
    /// - Returns: The plan.
    /// - Throws: ``PipelineError`` for what would keep the run from beginning.
    public func plan(_ pipeline: Pipeline, _ selection: RunSelection = RunSelection()) throws -> RunPlan {
        let demands = try selection.demands(in: pipeline)
        try pipeline.checkValues(pipeline.makeRedactor())
        let inspector = StepInspector(layout, pipeline: pipeline)
        let outside = try selection.outside(in: pipeline, cache: inspector.cache)
        var planner = RunPlanner(pipeline: pipeline, inspector: inspector, demands: demands, outside: outside)
        for step in pipeline.graph.order { try planner.plan(step) }
        return RunPlan(pipeline: pipeline.name, steps: planner.planned)
    }
}

/// Goes through the steps in order.
private struct RunPlanner {
    let pipeline: Pipeline
    let inspector: StepInspector
    let demands: [Int: String]
    let outside: [Int: RunMachine.Completed]
    var planned: [RunPlan.Step] = []
    /// The artefacts that are known without running anything.
    private var known: [String: ArtefactReference] = [:]
    /// The artefacts that the steps of the run read.
    private let read: Set<String>

    init(
        pipeline: Pipeline, inspector: StepInspector, demands: [Int: String], outside: [Int: RunMachine.Completed]
    ) {
        self.pipeline = pipeline
        self.inspector = inspector
        self.demands = demands
        self.outside = outside
        read = Set(pipeline.steps.indices.filter { outside[$0] == nil }.flatMap { pipeline.graph.shapes[$0].inputs })
    }

    mutating func plan(_ number: Int) throws {
        if let completed = outside[number] {
            for artefact in completed.artefacts { known[artefact.name] = artefact }
            let isUsed = completed.artefacts.contains { read.contains($0.name) }
            return add(number, .outside, isUsed ? "its last outputs are used" : "")
        }
        let inputs = pipeline.graph.shapes[number].inputs
        let missing = inputs.filter { known[$0] == nil }
        guard missing.isEmpty else {
            if let demand = demands[number] { return add(number, .run, demand) }
            let sources = Set(missing.compactMap { pipeline.graph.producers[$0] }).sorted()
            let names = sources.map { "'\(pipeline.steps[$0].name)'" }.joined(separator: ", ")
            return add(number, .depends, "depends on what \(names) make\(sources.count == 1 ? "s" : "")")
        }
        let verdict = try inspector.inspect(
            pipeline.steps[number], inputs: inputs.compactMap { known[$0] }, demand: demands[number], repairs: false)
        switch verdict {
        case .mustRun(_, let reason): add(number, .run, reason)
        case .cached(let record):
            for artefact in record.artefacts { known[artefact.name] = artefact }
            add(number, .cached, "nothing has changed")
        }
    }

    private mutating func add(_ number: Int, _ action: RunPlan.Action, _ reason: String) {
        let step = pipeline.steps[number]
        planned.append(
            RunPlan.Step(
                name: step.name, action: action, reason: reason, inputs: step.inputs.map(\.name),
                outputs: step.outputs))
    }
}
