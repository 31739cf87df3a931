import Foundation
import Glibc
import Sennit
import SennitPipeline
import Testing

/// Fills the disk: what it may write is bounded by the system.
struct Flood: StepWork {
    var ledger: String

    func run(in workspace: StepWorkspace) async throws {
        sign(ledger, "flood")
        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit(rlim_cur: 1 << 16, rlim_max: 1 << 16)
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
        try FileSystem.write([UInt8](repeating: 0, count: 1 << 20), to: try workspace.output("flood"))
    }
}

/// Looks at where it runs.
struct LookAround: StepWork {
    func run(in workspace: StepWorkspace) async throws {
        let strangers = [try? workspace.input("other"), try? workspace.output("other")].compactMap { $0 }
        guard strangers.isEmpty else { throw StepFailure("strangers: \(strangers)") }
        try "here".write(toFile: workspace.directory + "/note", atomically: true, encoding: .utf8)
        let names = workspace.inputNames.joined(separator: ",")
        try "\(workspace.step) \(names) \(workspace.directory)".write(
            toFile: try workspace.output("seen"), atomically: false, encoding: .utf8)
    }
}

/// Counts its own runs in the store, and tells what it was given.
struct Remember: StepWork {
    func run(in workspace: StepWorkspace) async throws {
        var count = 0
        if let state = workspace.stateDirectory {
            count = (try? FileSystem.read("\(state)/count").count) ?? 0
            try FileSystem.write([UInt8](repeating: 0, count: count + 1), to: "\(state)/count")
        }
        try FileSystem.write(Array("\(count) \(workspace.fixture ?? "none")".utf8), to: try workspace.output("seen"))
    }
}

/// Ends without writing.
struct Forget: StepWork {
    func run(in workspace: StepWorkspace) async throws {}
}

@Suite(.timeLimit(.minutes(5)))
struct StepExecutionTests {
    private let bench = Bench()

    private func run(_ step: Step) async throws -> RunSummary.Step {
        try await bench.runner().run(try Pipeline("p", steps: [step])).steps[0]
    }

    @Test func `a disk that is full under an artefact fails the step, and publishes nothing`() async throws {
        defer { bench.remove() }
        let step = try await run(Step("flood", Flood(ledger: bench.ledger), outputs: ["flood"], retry: .quick))
        #expect(step.status == .failed)
        #expect(step.failure?.message.contains("File too large") == true, "\(String(describing: step.failure))")
        #expect(bench.begun["flood"] == 3)
        #expect(bench.layout.artefacts.contents().isEmpty)
        #expect(try FileSystem.names(in: bench.layout.work) == [])
    }

    @Test func `a step sees its own inputs and outputs, and nothing else`() async throws {
        defer { bench.remove() }
        let file = try bench.write("x", to: "config.yaml")
        let step = try await run(Step("look", LookAround(), inputs: [.file(file)], outputs: ["seen"]))
        let seen = try #require(try bench.text(of: step.artefacts.first))
        #expect(seen.hasPrefix("look config.yaml \(bench.layout.work)/"))
    }

    @Test func `a step finds what an earlier run has left for it, and alone it finds its fixture`() async throws {
        defer { bench.remove() }
        let step = Step("remember", Remember(), outputs: ["seen"], isCached: false)
        #expect(try bench.text(of: try await run(step).artefacts.first) == "0 none")
        #expect(try bench.text(of: try await run(step).artefacts.first) == "1 none")
        let pipeline = try Pipeline("p", steps: [step])
        let (fixture, output) = ("\(bench.directory)/fixture", "\(bench.directory)/out")
        try FileSystem.makeDirectory(fixture)
        _ = try await bench.runner().runStep("remember", of: pipeline, fixture: fixture, output: output)
        #expect(try FileSystem.read("\(output)/seen").elementsEqual("0 \(fixture)".utf8))
    }

    @Test func `an output that was not written is named`() async throws {
        defer { bench.remove() }
        let step = try await run(Step("forget", Forget(), outputs: ["seen"]))
        #expect(step.failure?.kind == .missingOutput)
        #expect(step.failure?.message == "It ended without writing its output 'seen'.")
        #expect(step.attempts == 1)
    }

    @Test func `an input file that is not there is named, and the step does not run`() async throws {
        defer { bench.remove() }
        let path = "\(bench.directory)/missing"
        let step = try await run(Step("look", LookAround(), inputs: [.file(path)], outputs: ["seen"]))
        #expect(step.failure?.message.contains(path) == true)
        #expect(step.attempts == 0)
    }

    @Test(arguments: [
        StepProgress(rows: 5), StepProgress(rows: 5, totalRows: 10, message: "plain"),
        StepProgress(rows: .max, totalRows: .max, bytes: .max, totalBytes: .max, message: "all"),
        StepProgress(rows: 0, bytes: 12, message: "a/b"), StepProgress(rows: 1, totalBytes: 9, message: ""),
    ])
    func `progress survives the way through a task's progress`(progress: StepProgress) {
        let packed = ProgressMessage.pack(progress)
        #expect(packed.message.utf8.count <= 96)
        #expect(ProgressMessage.unpack(packed) == progress)
    }
}
