/// What the graph needs to know of a step.
package struct StepShape: Sendable, Hashable {
    package let name: String
    /// Artefacts of other steps.
    package let inputs: [String]
    /// All names that the step reads, files too.
    package let allInputs: [String]
    package let outputs: [String]
    /// Steps that come before it without giving it anything.
    package let predecessors: [String]

    package init(
        name: String, inputs: [String], outputs: [String], files: [String] = [], predecessors: [String] = []
    ) {
        self.name = name
        self.inputs = inputs
        allInputs = inputs + files
        self.outputs = outputs
        self.predecessors = predecessors
    }

    init(_ step: Step) {
        self.init(
            name: step.name, inputs: step.inputs.filter { $0.path == nil }.map(\.name), outputs: step.outputs,
            files: step.inputs.filter { $0.path != nil }.map(\.name), predecessors: step.predecessors)
    }
}

/// Which step waits for which: steps by number, in the order of their declaration.
package struct StepGraph: Sendable {
    package let shapes: [StepShape]
    /// The number of each step.
    package let numbers: [String: Int]
    /// The step that makes each artefact.
    package let producers: [String: Int]
    /// The steps that each step waits for, each once.
    package let sources: [[Int]]
    /// The steps that wait for each step, each once.
    package let dependents: [[Int]]
    /// All steps, each after its sources.
    package let order: [Int]

    /// Builds the graph.
    ///
    /// - Throws: ``PipelineError`` for names that are there twice, unknown inputs and cycles.
    package init(_ shapes: [StepShape]) throws {
        self.shapes = shapes
        numbers = try StepGraph.numbers(of: shapes)
        producers = try StepGraph.producers(in: shapes)
        sources = try StepGraph.sources(of: shapes, numbers: numbers, producers: producers)
        var dependents = [[Int]](repeating: [], count: shapes.count)
        for (step, sources) in sources.enumerated() { for source in sources { dependents[source].append(step) } }
        self.dependents = dependents
        order = try StepGraph.order(shapes, sources: sources, dependents: dependents)
    }

    private static func numbers(of shapes: [StepShape]) throws -> [String: Int] {
        var numbers: [String: Int] = [:]
        for (number, shape) in shapes.enumerated() {
            guard numbers.updateValue(number, forKey: shape.name) == nil else {
                throw PipelineError(.duplicateStep, "Two steps are called '\(shape.name)'.")
            }
            guard Set(shape.allInputs).count == shape.allInputs.count else {
                throw PipelineError(.invalidName, "Step '\(shape.name)' has two inputs of one name.")
            }
        }
        return numbers
    }

    private static func sources(
        of shapes: [StepShape], numbers: [String: Int], producers: [String: Int]
    ) throws -> [[Int]] {
        try shapes.map { shape in
            var seen: Set<Int> = []
            for input in shape.inputs {
                guard let producer = producers[input] else {
                    throw PipelineError(
                        .unknownInput,
                        "Step '\(shape.name)' reads '\(input)', which no step makes. A file that no step makes is "
                            + "declared with .file(…).")
                }
                seen.insert(producer)
            }
            for predecessor in shape.predecessors {
                guard let number = numbers[predecessor] else {
                    throw PipelineError(
                        .unknownStep, "Step '\(shape.name)' comes after '\(predecessor)', which is no step.")
                }
                seen.insert(number)
            }
            return seen.sorted()
        }
    }

    private static func producers(in shapes: [StepShape]) throws -> [String: Int] {
        var producers: [String: Int] = [:]
        for (number, shape) in shapes.enumerated() {
            for output in shape.outputs {
                guard let other = producers.updateValue(number, forKey: output) else { continue }
                let makers =
                    other == number
                    ? "Step '\(shape.name)' twice"
                    : "Steps '\(shapes[other].name)' and "
                        + "'\(shape.name)' both"
                throw PipelineError(.duplicateOutput, "\(makers) make\(other == number ? "s" : "") '\(output)'.")
            }
        }
        return producers
    }

    /// Takes away steps that wait for nothing, again and again; what is left when there are none is a cycle.
    private static func order(_ shapes: [StepShape], sources: [[Int]], dependents: [[Int]]) throws -> [Int] {
        var missing = sources.map(\.count)
        var order = shapes.indices.filter { missing[$0] == 0 }
        var next = 0
        while next < order.count {
            for dependent in dependents[order[next]] {
                missing[dependent] -= 1
                if missing[dependent] == 0 { order.append(dependent) }
            }
            next += 1
        }
        guard order.count == shapes.count else {
            throw PipelineError(.cycle, cycleText(shapes, sources: sources, missing: missing))
        }
        return order
    }

    /// Walks back along sources that are in the way until a step comes again.
    private static func cycleText(_ shapes: [StepShape], sources: [[Int]], missing: [Int]) -> String {
        guard var step = missing.firstIndex(where: { $0 > 0 }) else { return "The steps wait for one another." }
        var path: [Int] = []
        while !path.contains(step) {
            path.append(step)
            step = sources[step].first { missing[$0] > 0 } ?? step
        }
        let circle = path.drop { $0 != step } + [step]
        let names = circle.reversed().map { "'\(shapes[$0].name)'" }
        return "Steps wait for one another in a circle: \(names.joined(separator: " → "))."
    }

    /// The step and all that, directly or not, read what it makes.
    package func descendants(of step: Int) -> Set<Int> {
        var found: Set<Int> = [step]
        var queue = [step]
        while let next = queue.popLast() {
            for dependent in dependents[next] where found.insert(dependent).inserted { queue.append(dependent) }
        }
        return found
    }
}
