// The code of the guide "Parameters, partitions and backfills": a pipeline for each day and region.
import Foundation
import SennitPipeline

// snippet.step
struct FetchWords: StepWork {
    func run(in workspace: StepWorkspace) async throws {
        let day: CalendarDate = try workspace.parameter("day")
        let region: String = try workspace.parameter("region")
        let limit: Int = try workspace.parameter("limit")
        let words = ["words", "of", "\(day)", "in", region].prefix(limit)
        try words.joined(separator: "\n").write(
            toFile: workspace.output("words.txt"), atomically: false, encoding: .utf8)
    }
}
// snippet.end

// snippet.pipeline
func dailyWords() throws -> Pipeline {
    try Pipeline(
        "daily-words",
        parameters: [
            Parameter("region", .oneOf(["eu", "us"]), default: "eu", summary: "Where the words come from."),
            Parameter("limit", .integer(in: 1...1000), default: 100),
        ], partitions: .daily("day", from: CalendarDate("2026-01-01")),
        steps: [
            Step(
                "fetch", FetchWords(), outputs: ["words.txt"], codeVersion: "1",
                parameters: ["day", "region", "limit"])
        ])
}
// snippet.end

let folder = FileManager.default.temporaryDirectory.appending(
    path: "daily-words-\(ProcessInfo.processInfo.processIdentifier)")
// snippet.run
let runner = PipelineRunner(store: folder.appending(path: "store").path())
let american = try dailyWords().setting(["region": "us"])
let days = try american.partitions("2026-01-01..2026-01-03")
let first = try await runner.backfill(american, days, options: BackfillOptions(parallelRuns: 2))
let second = try await runner.backfill(american, days)
print(first.count(.finished), second.count(.skipped))  // 3 3
// snippet.end
try FileManager.default.removeItem(at: folder)
