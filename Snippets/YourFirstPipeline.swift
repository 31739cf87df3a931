// The whole of the guide "Your first pipeline": two steps, a pipeline, a run.
import Foundation
import SennitPipeline

// snippet.steps
/// The stored properties of a step are its configuration.
struct SplitWords: StepWork {
    var minimumLength = 1

    func run(in workspace: StepWorkspace) async throws {
        let text = try String(contentsOfFile: workspace.input("text.txt"), encoding: .utf8)
        let words = text.split { !$0.isLetter }.filter { $0.count >= minimumLength }.map(String.init)
        try words.joined(separator: "\n").write(
            toFile: workspace.output("words.txt"), atomically: false, encoding: .utf8)
        workspace.report(rows: Int64(words.count), message: "split")
    }
}

struct CountWords: StepWork {
    func run(in workspace: StepWorkspace) async throws {
        let words = try String(contentsOfFile: workspace.input("words.txt"), encoding: .utf8).split(separator: "\n")
        workspace.check("there are words", words.isEmpty ? .fail : .pass, value: "\(words.count)")
        let counts = Dictionary(words.map { ($0.lowercased(), 1) }, uniquingKeysWith: +)
        let lines = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key),\($0.value)" }
        try lines.joined(separator: "\n").write(
            toFile: workspace.output("counts.csv"), atomically: false, encoding: .utf8)
        workspace.report(rows: Int64(lines.count))
    }
}
// snippet.end

// snippet.pipeline
func wordPipeline(text: String) throws -> Pipeline {
    try Pipeline(
        "words", summary: "counts the words of a text",
        steps: [
            Step(
                "split", SplitWords(), inputs: [.file(text, as: "text.txt")], outputs: ["words.txt"],
                codeVersion: "1"),
            Step(
                "count", CountWords(), inputs: ["words.txt"], outputs: ["counts.csv"], timeout: .seconds(60),
                codeVersion: "1"),
        ])
}
// snippet.end

// snippet.run
let folder = FileManager.default.temporaryDirectory.appending(
    path: "words-\(ProcessInfo.processInfo.processIdentifier)")
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
let text = folder.appending(path: "text.txt")
try Data("the quick brown fox jumps over the lazy dog".utf8).write(to: text)

let runner = PipelineRunner(store: folder.appending(path: "store").path())
let first = try await runner.run(wordPipeline(text: text.path()))
let second = try await runner.run(wordPipeline(text: text.path()))
print(first.steps.map(\.status), second.steps.map(\.status))  // finished, finished; then cached, cached
// snippet.end
try FileManager.default.removeItem(at: folder)
