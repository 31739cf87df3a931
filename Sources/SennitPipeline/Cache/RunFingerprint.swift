/// Finds the hash of everything that decides what a run does and is known before it begins.
///
/// These are the recipes of all steps without the artefacts that pass between them: files, code versions,
/// configurations and parameters.
package struct RunFingerprint {
    /// The hashes of files that were read already: runs for many partitions read the same ones.
    private var files: [String: ContentHash] = [:]

    package init() {}

    /// The hash for a pipeline with the values that it has.
    ///
    /// - Throws: ``PipelineError`` when a file or a configuration cannot be read.
    package mutating func of(_ pipeline: Pipeline) throws -> ContentHash {
        var lines = ["sennit run 1", pipeline.name]
        for step in pipeline.steps {
            let recipe = try StepRecipe(step, artefacts: [], parameters: pipeline.values(of: step)) { path in
                if let hash = files[path] { return hash }
                let hash = try ContentHasher.hash(file: path).hash
                files[path] = hash
                return hash
            }
            lines.append(recipe.fingerprint.hexadecimal)
        }
        return ContentHasher.hash(lines.joined(separator: "\n").utf8)
    }
}
