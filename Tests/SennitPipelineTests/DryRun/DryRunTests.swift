import Foundation
import SennitPipeline
import Testing

@Suite(.timeLimit(.minutes(5)))
struct DryRunTests {
    private let bench = Bench()

    private func plan(_ text: String, _ selection: RunSelection = RunSelection()) throws -> [String] {
        try bench.runner().plan(bench.words(text), selection).steps.map { "\($0.name) \($0.action): \($0.reason)" }
    }

    @Test func `what would run and why, before and after a run, and nothing is touched`() async throws {
        defer { bench.remove() }
        #expect(
            try plan(Bench.sample) == [
                "split run: it has not run before", "count depends: depends on what 'split' makes",
                "sort depends: depends on what 'split' makes", "join depends: depends on what 'count', 'sort' make",
            ])
        #expect(!FileManager.default.fileExists(atPath: bench.store))
        _ = try await bench.runner().run(bench.words(Bench.sample))
        #expect(
            try plan(Bench.sample) == [
                "split cached: nothing has changed", "count cached: nothing has changed",
                "sort cached: nothing has changed", "join cached: nothing has changed",
            ])
        #expect(
            try plan(Bench.sample, RunSelection(from: "count")) == [
                "split cached: nothing has changed", "count run: it was asked for", "sort cached: nothing has changed",
                "join run: it follows 'count'",
            ])
        #expect(
            try plan("x", RunSelection(only: "join")) == [
                "split outside: ", "count outside: its last outputs are used",
                "sort outside: its last outputs are used",
                "join run: it was asked for",
            ])
        #expect(try plan("other").first == "split run: its configuration has changed")
        #expect(bench.begun == ["split": 1, "count": 1, "sort": 1, "join": 1])
    }
}
