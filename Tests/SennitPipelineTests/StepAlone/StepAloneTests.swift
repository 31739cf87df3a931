import Foundation
import SennitPipeline
import Testing

@Suite(.timeLimit(.minutes(5)))
struct StepAloneTests {
    private let bench = Bench()

    private func fixture(_ files: [String: String]) throws -> String {
        let fixture = "\(bench.directory)/fixture"
        try FileManager.default.createDirectory(atPath: "\(fixture)/expected", withIntermediateDirectories: true)
        for (name, text) in files { _ = try bench.write(text, to: "fixture/\(name)") }
        return fixture
    }

    @Test func `one step on files in place of what others make`() async throws {
        defer { bench.remove() }
        let fixture = try fixture(["counts": "2 words", "sorted": "a\nb", "expected/report": "2 words\na\nb"])
        let report = try await bench.runner().runStep(
            "join", of: bench.words(""), fixture: fixture, output: "\(bench.directory)/out")
        #expect(report.isGood)
        #expect(report.outputs.map(\.isAsExpected) == [true])
        #expect(try String(contentsOfFile: "\(bench.directory)/out/report", encoding: .utf8) == "2 words\na\nb")
        // No history, no cache, no store.
        #expect(!FileManager.default.fileExists(atPath: bench.store))
    }

    @Test func `an output that differs from what is expected`() async throws {
        defer { bench.remove() }
        let fixture = try fixture(["words": "b\na", "expected/sorted": "b\na"])
        let report = try await bench.runner().runStep("sort", of: bench.words(""), fixture: fixture)
        #expect(report.outputs.map(\.isAsExpected) == [false])
        #expect(report.rows == 2)
        #expect(!report.isGood)
    }

    @Test func `a step that goes wrong`() async throws {
        defer { bench.remove() }
        let fixture = try fixture(["words": "b\na"])
        let report = try await bench.runner().runStep(
            "count", of: bench.words("", counting: .lastWords("farewell")), fixture: fixture)
        #expect(report.failure?.kind == .workerDied)
        #expect(report.failure?.standardErrorTail?.contains("farewell") == true)
        #expect(!report.isGood)
    }

    @Test func `inputs that the fixture lacks are named`() async throws {
        defer { bench.remove() }
        let fixture = try fixture(["counts": "2 words"])
        let error = await #expect(throws: PipelineError.self) {
            _ = try await bench.runner().runStep("join", of: bench.words(""), fixture: fixture)
        }
        #expect(error?.code == .missingFixture)
        #expect(error?.message.hasPrefix("Step 'join' reads 'sorted', which the fixture") == true)
    }

    @Test func `a fixture that is not there is named`() async throws {
        defer { bench.remove() }
        let error = await #expect(throws: PipelineError.self) {
            _ = try await bench.runner().runStep("split", of: bench.words(""), fixture: "/no/such/place")
        }
        #expect(error?.code == .missingFixture && error?.message.contains("/no/such/place") == true)
    }

    @Test func `what a killed process has left goes with the next step, and only that`() async throws {
        defer { bench.remove() }
        // Its lock is there, and nobody holds it.
        let left = "\(FileSystem.temporaryDirectory)/sennit-step-left-\(UInt32.random(in: 0 ... .max))"
        try FileSystem.makeDirectory("\(left)/work")
        try FileSystem.write([], to: "\(left).lock")
        let held = left + "-held"
        try FileSystem.makeDirectory("\(held)/work")
        guard let lock = try FileLock("\(held).lock") else { throw StepFailure("the lock is held") }
        defer { try? FileSystem.remove(held) }
        let fixture = try fixture(["words": "b\na"])
        _ = try await bench.runner().runStep("sort", of: bench.words(""), fixture: fixture)
        #expect(FileSystem.status(left) == nil && FileSystem.status("\(left).lock") == nil)
        #expect(FileSystem.status(held) != nil)
        _ = consume lock
    }
}
