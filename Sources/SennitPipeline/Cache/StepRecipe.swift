/// Everything that decides a step's outputs, in a form that can be compared and told.
package struct StepRecipe: Sendable, Hashable, Codable {
    package var step: String
    package var work: String
    package var codeVersion: String
    package var configuration: ContentHash
    /// The hash of each input by its name.
    package var inputs: [String: ContentHash]
    package var outputs: [String]

    /// Gathers the recipe of a step.
    ///
    /// - Parameters:
    ///   - step: The step.
    ///   - artefacts: Its inputs that other steps have made.
    /// - Throws: ``PipelineError`` when the configuration cannot be encoded or an input file cannot be read.
    package init(_ step: Step, artefacts: [ArtefactReference]) throws {
        self.step = step.name
        work = step.workType
        codeVersion = step.effectiveCodeVersion
        configuration = ContentHasher.hash(try step.configuration().json.utf8)
        outputs = step.outputs
        inputs = Dictionary(artefacts.map { ($0.name, $0.hash) }, uniquingKeysWith: { first, _ in first })
        for input in step.inputs {
            guard let path = input.path else { continue }
            do {
                inputs[input.name] = try ContentHasher.hash(file: path).hash
            } catch {
                throw PipelineError(
                    .missingArtefact, "Step '\(step.name)' reads the file '\(path)', which cannot be read.",
                    cause: error)
            }
        }
    }

    /// The hash of the recipe: equal ones give equal outputs.
    package var fingerprint: ContentHash {
        var lines = ["sennit step 1", step, work, codeVersion, configuration.hexadecimal]
        lines += inputs.sorted { $0.key < $1.key }.map { "in \($0.key) \($0.value.hexadecimal)" }
        lines += outputs.map { "out \($0)" }
        return ContentHasher.hash(lines.joined(separator: "\n").utf8)
    }

    /// In which way this recipe differs from an earlier one, in words.
    package func difference(from earlier: StepRecipe) -> String {
        let names = Set(inputs.keys).union(earlier.inputs.keys).sorted()
        let changed = names.filter { inputs[$0] != earlier.inputs[$0] }
        if !changed.isEmpty {
            let list = changed.map { "'\($0)'" }.joined(separator: ", ")
            return changed.count == 1 ? "its input \(list) has changed" : "its inputs \(list) have changed"
        }
        if configuration != earlier.configuration { return "its configuration has changed" }
        if codeVersion != earlier.codeVersion || work != earlier.work { return "its code has changed" }
        return outputs == earlier.outputs ? "its earlier result is gone" : "its outputs are named differently"
    }
}
