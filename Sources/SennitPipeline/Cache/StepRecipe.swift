/// Everything that decides a step's outputs, in a form that can be compared and told.
package struct StepRecipe: Sendable, Hashable, Codable {
    package var step: String
    package var work: String
    package var codeVersion: String
    package var configuration: ContentHash
    /// The hash of each input by its name.
    package var inputs: [String: ContentHash]
    package var outputs: [String]
    /// The value of each parameter that the step reads, as text; nil if it reads none.
    package var parameters: [String: String]?

    /// Gathers the recipe of a step.
    ///
    /// - Parameters:
    ///   - step: The step.
    ///   - artefacts: Its inputs that other steps have made.
    ///   - parameters: The values of the parameters that it reads.
    ///   - hash: Hashes a file.
    /// - Throws: ``PipelineError`` when the configuration cannot be encoded or an input file cannot be read.
    package init(
        _ step: Step, artefacts: [ArtefactReference], parameters: [String: ParameterValue] = [:],
        hash: (String) throws -> ContentHash = { try ContentHasher.hash(file: $0).hash }
    ) throws {
        self.step = step.name
        work = step.workType
        codeVersion = step.effectiveCodeVersion
        configuration = ContentHasher.hash(try step.configuration().json.utf8)
        outputs = step.outputs
        self.parameters = parameters.isEmpty ? nil : parameters.mapValues(\.text)
        inputs = Dictionary(artefacts.map { ($0.name, $0.hash) }, uniquingKeysWith: { first, _ in first })
        for input in step.inputs {
            guard let path = input.path else { continue }
            do {
                inputs[input.name] = try hash(path)
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
        lines += (parameters ?? [:]).sorted { $0.key < $1.key }.map { "set \($0.key) \($0.value)" }
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
        let settings = Set((parameters ?? [:]).keys).union((earlier.parameters ?? [:]).keys).sorted()
        let set = settings.filter { parameters?[$0] != earlier.parameters?[$0] }
        if !set.isEmpty {
            let list = set.map { "'\($0)'" }.joined(separator: ", ")
            return set.count == 1 ? "its parameter \(list) has changed" : "its parameters \(list) have changed"
        }
        if configuration != earlier.configuration { return "its configuration has changed" }
        if codeVersion != earlier.codeVersion || work != earlier.work { return "its code has changed" }
        return outputs == earlier.outputs ? "its earlier result is gone" : "its outputs are named differently"
    }
}
