package import ArgumentParser
import SennitPipeline

/// `sennit step`: single steps.
package struct StepCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "step", abstract: "Run one step alone, or list the steps there are.",
        subcommands: [StepRunCommand.self, StepListCommand.self])

    package init() {}
}

/// `sennit step run`: one step on a fixture.
package struct StepRunCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run one step alone, on files in place of what other steps make.",
        discussion: """
            The fixture is a directory with a file for each artefact that the step reads. If it has a directory \
            'expected', the outputs are compared with the files in it, and a difference is a failure. It may also hold \
            what a step otherwise fetches, as 'prices.aws' reads price lists in its folder 'aws'. No history, no \
            cache, no retries.
            """)

    @Argument(help: "The step: its name, or pipeline.step.")
    package var name: String

    @Option(help: "The directory with the inputs.")
    package var fixture: String

    @Option(help: "Where the outputs go. (default: they are dropped)")
    package var output: String?

    @Flag(help: "Print one JSON object and nothing else.")
    package var json = false

    @OptionGroup package var parameters: ParameterOptions

    @OptionGroup package var store: StoreOptions

    package init() {}

    @concurrent
    package func run() async throws {
        var configuration = try store.configuration()
        configuration.needsSources = false
        let (found, step) = try PipelineCatalogue.current.step(name, configuration)
        let pipeline = try found.setting(parameters.values())
        let runner = store.runner(configuration)
        let display = RunDisplay(pipeline, only: step, console: .current, asJSON: json)
        let report = try await display.showing { observer in
            try await runner.runStep(step, of: pipeline, fixture: fixture, output: output, observer: observer)
        }
        try Console.current.show(report, asJSON: json)
        if !report.isGood { throw ExitCode(1) }
    }
}

/// `sennit step list`: all steps.
package struct StepListCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the pipelines, their parameters and their steps.")

    @Flag(help: "Print one JSON object for each step.")
    package var json = false

    @OptionGroup package var store: StoreOptions

    package init() {}

    @concurrent
    package func run() async throws {
        var configuration = try store.configuration()
        configuration.needsSources = false
        let console = Console.current
        for declaration in PipelineCatalogue.current.declarations {
            let pipeline = try PipelineCatalogue.current.pipeline(declaration, configuration)
            if !json {
                let summary = declaration.summary.isEmpty ? "" : ": \(declaration.summary)"
                try console.output.line(console.output.styled(pipeline.name, .bold) + summary)
                for parameter in pipeline.parameters { try console.output.line(pipeline.line(for: parameter)) }
            }
            for step in pipeline.steps {
                let item = StepItem(pipeline, step)
                try console.output.line(json ? JSONLine.text(of: item) : item.text)
            }
        }
    }
}

/// A step in the list.
struct StepItem: Encodable {
    let pipeline: String
    let step: String
    let summary: String
    let inputs: [String]
    let outputs: [String]
    let parameters: [String]

    init(_ pipeline: Pipeline, _ step: Step) {
        self.pipeline = pipeline.name
        self.step = step.name
        summary = step.summary
        inputs = step.inputs.map(\.name)
        outputs = step.outputs
        parameters = step.parameters
    }

    var text: String {
        let reads = inputs.isEmpty ? "nothing" : inputs.joined(separator: ", ")
        let makes = outputs.isEmpty ? "nothing" : outputs.joined(separator: ", ")
        return "  \(pipeline).\(step)  reads \(reads); makes \(makes)\(summary.isEmpty ? "" : " (\(summary))")"
    }
}

extension Pipeline {
    /// A parameter in the list.
    fileprivate func line(for parameter: Parameter) -> String {
        let isPartition = partitions?.parameter.name == parameter.name
        let option = isPartition ? "--for \(parameter.type.word)" : "--set \(parameter.name)=\(parameter.type.word)"
        let value = parameterValues[parameter.name].map { "default \($0.text)" } ?? "required"
        let summary = parameter.summary.isEmpty ? "" : ": \(parameter.summary)"
        return "  \(option) (\(value))\(summary)"
    }
}

extension Console {
    /// Writes what came of a step that ran alone.
    func show(_ report: StepAloneReport, asJSON: Bool) throws {
        guard !asJSON else { return try output.line(JSONLine.text(of: report)) }
        for check in report.checks {
            try output.line("check '\(check.check)': \(check.outcome.rawValue)")
        }
        for result in report.outputs {
            let verdict: String =
                switch result.isAsExpected {
                case true?: ", as expected"
                case false?: ", differs from what is expected"
                case nil: ""
                }
            let place = result.path.map { ", in \($0)" } ?? ""
            try output.line(
                "\(result.artefact.name): \(Decimals.bytes(result.artefact.bytes)), sha256 "
                    + "\(result.artefact.hash.short)\(verdict)\(place)")
        }
        if let failure = report.failure {
            try notes.line(notes.styled("step '\(report.step)' failed: ", .bad) + failure.message)
            if let tail = failure.standardErrorTail { try notes.line("its last words:\n\(tail.indented)") }
            return
        }
        let rows = report.rows.map { ", \(Decimals.text(Int($0))) rows" } ?? ""
        let seconds = Decimals.duration(seconds: Double(report.milliseconds) / 1000)
        try output.line("step '\(report.step)' ended well in \(seconds)\(rows)")
    }
}
