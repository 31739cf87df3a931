import Foundation
import Glibc
import SennitPipeline
import Testing

/// Takes memory, and keeps it for a while.
struct TakeMemory: StepWork {
    var megabytes: Int
    var ledger: String

    func run(in workspace: StepWorkspace) async throws {
        sign(ledger, "try")
        var blocks: [[UInt8]] = []
        for number in 0..<megabytes {
            blocks.append([UInt8](repeating: UInt8(number % 251), count: 1 << 20))
            // Slowly, so that the watch, which looks forty times a second, sees it while it grows.
            if number % 16 == 0 { usleep(2000) }
        }
        // The memory is kept for several looks of the watch.
        usleep(200_000)
        try publish("\(blocks.count)", as: "\(workspace.step).out", workspace)
    }
}

@Suite(.timeLimit(.minutes(5)))
struct MemoryLimitTests {
    private let bench = Bench()

    private func step(_ name: String, megabytes: Int, limit: Int64?, retry: RetryPolicy = .quick) -> Step {
        Step(
            name, TakeMemory(megabytes: megabytes, ledger: bench.ledger), outputs: ["\(name).out"], retry: retry,
            memoryLimit: limit)
    }

    @Test func `a step that passes its limit is ended, with both figures, and is not tried again`() async throws {
        defer { bench.remove() }
        let pipeline = try Pipeline(
            "p",
            steps: [
                step("greedy", megabytes: 700, limit: 200_000_000), step("modest", megabytes: 20, limit: 200_000_000),
            ])
        let summary = try await bench.runner().run(pipeline)
        let failure = try #require(summary.steps.first { $0.name == "greedy" }?.failure)
        #expect(failure.kind == .memoryExceeded, "\(failure)")
        #expect(failure.message.contains("may have 200.0 MB"), "\(failure)")
        #expect(summary.steps.first { $0.name == "modest" }?.status == .finished)
        #expect(bench.begun["try"] == 2)
    }

    @Test func `what one step has left in memory does not count for the next one`() async throws {
        defer { bench.remove() }
        let pipeline = try Pipeline(
            "p",
            steps: [step("large", megabytes: 300, limit: nil), step("small", megabytes: 1, limit: 150_000_000)])
        let summary = try await bench.runner(parallel: 1).run(pipeline)
        #expect(summary.status == .finished, "\(summary.message ?? "")")
    }

    @Test func `a policy that names it tries again, and a step alone has the limit too`() async throws {
        defer { bench.remove() }
        let greedy = step("greedy", megabytes: 700, limit: 200_000_000, retry: .quick.on(.memoryExceeded))
        let pipeline = try Pipeline("p", steps: [greedy])
        let summary = try await bench.runner().run(pipeline)
        #expect(summary.steps[0].attempts == 3)
        let report = try await bench.runner().runStep("greedy", of: pipeline, fixture: bench.directory)
        #expect(report.failure?.kind == .memoryExceeded)
    }

    @Test func `a limit that no worker can keep is refused`() {
        #expect(throws: PipelineError.self) {
            _ = try Pipeline("p", steps: [step("a", megabytes: 1, limit: 1_000_000)])
        }
    }
}
