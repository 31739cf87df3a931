import Foundation
import SennitCommands
import SennitPipeline

struct Say: StepWork {
    var words: [String]

    func run(in workspace: StepWorkspace) async throws {
        try words.joined(separator: "\n").write(
            toFile: try workspace.output("words"), atomically: false, encoding: .utf8)
        workspace.report(rows: Int64(words.count), totalRows: Int64(words.count))
        workspace.check("there are words", words.isEmpty ? .fail : .pass, value: "\(words.count)")
    }
}

struct Shout: StepWork {
    var fails = false
    var words: String?

    func run(in workspace: StepWorkspace) async throws {
        if fails { throw StepFailure(self.words ?? "no voice") }
        let words = try String(contentsOfFile: try workspace.input("words"), encoding: .utf8)
        try words.uppercased().write(toFile: try workspace.output("shouts"), atomically: false, encoding: .utf8)
    }
}

/// A directory with a store, and a command line that knows two steps.
struct ShoutingPlace {
    let directory = NSTemporaryDirectory() + "sennit-run-\(UUID().uuidString)"

    init() throws { try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true) }

    func remove() { try? FileManager.default.removeItem(atPath: directory) }

    static func pipeline(fails: Bool, _ words: String? = nil) throws -> Pipeline {
        try Pipeline(
            "shouting", summary: "says it louder",
            steps: [
                Step("say", Say(words: ["hello", "there"]), outputs: ["words"], codeVersion: "1"),
                Step(
                    "shout", Shout(fails: fails, words: words), inputs: ["words"], outputs: ["shouts"], codeVersion: "1"
                ),
            ])
    }

    func run(_ line: String, fails: Bool = false, words: String? = nil) async throws -> CapturedRun {
        let declaration = PipelineDeclaration(
            "shouting", summary: "says it louder",
            afterword: { summary, paths in "\(summary.steps.count) steps, \(paths.path(of: "shouts") == nil)" },
            make: { _ in try ShoutingPlace.pipeline(fails: fails, words) })
        return await PipelineCatalogue.$current.withValue(PipelineCatalogue([declaration])) {
            await CapturedRun("\(line) --store \(directory)/store")
        }
    }
}
