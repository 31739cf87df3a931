/// Finds out whether a step must run.
package struct StepInspector: Sendable {
    package let cache: StepCache
    package let store: ArtefactStore
    private let pipeline: Pipeline

    package init(_ layout: StoreLayout, pipeline: Pipeline) {
        self.pipeline = pipeline
        cache = StepCache(layout, pipeline: pipeline)
        store = layout.artefacts
    }

    /// What was found out about a step.
    package enum Verdict: Sendable, Hashable {
        /// Its outputs are in the store, whole.
        case cached(CacheRecord)
        /// It must run.
        case mustRun(StepRecipe, reason: String)
    }

    /// Looks for the step's outputs.
    ///
    /// Reads its input files and its cached outputs to the end.
    ///
    /// - Parameters:
    ///   - step: The step.
    ///   - inputs: Its inputs that other steps have made.
    ///   - demand: Why it must run whatever is found, if it must.
    ///   - repairs: Whether damaged outputs are taken out of the store.
    /// - Returns: Its outputs, or why it must run.
    /// - Throws: ``PipelineError`` when a file or the configuration cannot be read.
    package func inspect(_ step: Step, inputs: [ArtefactReference], demand: String?, repairs: Bool = true) throws
        -> Verdict
    {
        let recipe = try StepRecipe(step, artefacts: inputs, parameters: pipeline.values(of: step))
        if let demand { return .mustRun(recipe, reason: demand) }
        guard step.isCached else { return .mustRun(recipe, reason: "it is never taken from the cache") }
        guard let record = cache.record(of: step.name, fingerprint: recipe.fingerprint) else {
            let earlier = cache.lastRecord(of: step.name)?.recipe
            return .mustRun(recipe, reason: earlier.map { recipe.difference(from: $0) } ?? "it has not run before")
        }
        for artefact in record.artefacts where !store.isIntact(artefact) {
            let reason = store.holds(artefact) ? "is damaged" : "is no longer in the store"
            if repairs { store.discard(artefact) }
            return .mustRun(recipe, reason: "its output '\(artefact.name)' \(reason)")
        }
        return .cached(record)
    }
}
