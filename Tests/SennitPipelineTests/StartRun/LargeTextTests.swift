import EventStore
import Foundation
import SennitPipeline
import Testing

/// Says very much, and fails for as long as a file is there.
struct Verbose: StepWork {
    var obstacle: String
    var bytes: Int
    var checks = 0

    func run(in workspace: StepWorkspace) async throws {
        let words = String(repeating: "漢", count: bytes / 3)
        workspace.report(rows: 7, message: words)
        for number in 0..<checks { workspace.check("\(number)", .warn, value: "v", message: "m") }
        workspace.check(words, .warn, value: words, message: words)
        if FileManager.default.fileExists(atPath: obstacle) { throw StepFailure(words) }
        workspace.report(message: "done")
        try "x".write(toFile: try workspace.output("said"), atomically: false, encoding: .utf8)
    }
}

@Suite(.timeLimit(.minutes(5)))
struct LargeTextTests {
    private let bench = Bench()

    @Test func `an error of 4 MiB stops neither the run nor its resumption`() async throws {
        defer { bench.remove() }
        let obstacle = try bench.write("", to: "obstacle")
        let pipeline = try Pipeline(
            "p", steps: [Step("say", Verbose(obstacle: obstacle, bytes: 4 << 20), outputs: ["said"])])
        let failed = try await bench.runner().run(pipeline)
        #expect(failed.status == .failed)
        #expect(failed.steps[0].failure?.message.hasSuffix("bytes left out)") == true)
        #expect((failed.message?.utf8.count ?? 0) < 20_000)
        let again = try await bench.runner().resume(failed.run, of: pipeline)
        #expect(again.status == .failed)
        try FileManager.default.removeItem(atPath: obstacle)
        let good = try await bench.runner().resume(failed.run, of: pipeline)
        #expect(good.status == .finished)
        #expect(good.steps[0].checks.count == 1)
        #expect(good.steps[0].rows == 7, "a message alone takes no rows back")
    }

    @Test func `any number of checks can be recorded`() async throws {
        defer { bench.remove() }
        let step = Step(
            "say", Verbose(obstacle: "/nowhere", bytes: 3, checks: 12_000), outputs: ["said"])
        let summary = try await bench.runner().run(try Pipeline("p", steps: [step]))
        #expect(summary.status == .finished)
        #expect(summary.steps[0].checks.count == 12_001)
    }

    @Test func `a run with texts that are too large, recorded earlier, is taken up`() async throws {
        defer { bench.remove() }
        let pipeline = try bench.words("b a")
        let failing = try bench.words("b a", counting: .writeNothing)
        let failed = try await bench.runner().run(failing)
        let store = try RunHistory.open(at: bench.layout.history)
        let long = String(repeating: "x", count: 5 << 20)
        let failure = StepFailureRecord(kind: .thrown, message: long)
        try await store.append(
            to: RunHistory.stream(of: failed.run),
            [StepFailed(step: "count", attempt: 1, failure: failure) as any Event])
        try store.close()
        let good = try await bench.runner().resume(failed.run, of: pipeline)
        #expect(good.status == .finished)
    }
}
