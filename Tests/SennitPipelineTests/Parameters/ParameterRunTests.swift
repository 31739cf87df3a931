import EventStore
import Foundation
import SennitPipeline
import Testing

@Suite(.timeLimit(.minutes(5)))
struct ParameterRunTests {
    private let bench = Bench()

    @Test func `steps read values as their types, in worker processes`() async throws {
        defer { bench.remove() }
        let names = ["limit", "rate", "dry", "day", "pause", "mode", "hour"]
        let pipeline = try Pipeline(
            "typed",
            parameters: [
                Parameter("limit", .integer, default: 41), Parameter("rate", .decimal, default: "0.5"),
                Parameter("dry", .boolean, default: false), Parameter("day", .date), Parameter("pause", .duration),
                Parameter("mode", .oneOf(["fast", "exact"])), Parameter("hour", .hour),
            ], steps: [Step("read", ReadTyped(), outputs: ["typed"], parameters: names)])
        let set = try pipeline.setting(
            ["day": "2026-01-31", "pause": "2 s", "mode": "exact", "hour": "2026-01-31T05"])
        let summary = try await bench.runner().run(set)
        #expect(try bench.text(of: summary.steps[0].artefacts.first) == "42 0.5 false 2026 2.0 seconds exact 5")
    }

    @Test func `another value runs again exactly the steps that read it, and the first one's outputs are still there`()
        async throws
    {
        defer { bench.remove() }
        let runner = bench.runner()
        let pipeline = try bench.daily(partitions: nil)
        _ = try await runner.run(pipeline)
        let other = try await runner.run(pipeline.setting(["region": "us"]))
        #expect(other.steps.map(\.name) == ["fixed", "daily", "join"])
        #expect(other.steps.map(\.status) == [.cached, .finished, .finished])
        #expect(other.steps[1].reason == "its parameter 'region' has changed")
        let first = try await runner.run(pipeline)
        #expect(first.steps.map(\.status) == [.cached, .cached, .cached])
    }

    @Test func `a step alone reads what was made with the same values, never with others`() async throws {
        defer { bench.remove() }
        let runner = bench.runner()
        let pipeline = try bench.daily(partitions: nil)
        _ = try await runner.run(pipeline)
        _ = try await runner.run(pipeline.setting(["region": "us"]))
        let alone = try await runner.run(pipeline, RunSelection(only: "join"))
        #expect(alone.status == .finished)
        #expect(try bench.text(of: alone.steps[2].artefacts.first) == "region=eu")
        let next = try Pipeline(
            "daily", parameters: [Parameter("region", .string, default: "asia")], steps: pipeline.steps)
        let error = await #expect(throws: PipelineError.self) {
            _ = try await runner.run(next, RunSelection(only: "join"))
        }
        #expect(error?.code == .missingArtefact)
        #expect(error?.message.contains("has not run yet with region=asia") == true)
    }

    @Test func `a resumed run has the values that it was asked for with`() async throws {
        defer { bench.remove() }
        let runner = bench.runner()
        let pipeline = try bench.daily(partitions: nil, fears: "us")
        let failed = try await runner.run(pipeline.setting(["region": "us"]))
        #expect(failed.status == .failed)
        _ = try bench.write("", to: "ledger.brave")
        let resumed = try await runner.resume(of: pipeline)
        #expect(resumed.run == failed.run && resumed.status == .finished)
        #expect(try bench.text(of: resumed.steps[1].artefacts.first) == "region=us")
        let shown = try show(resumed.run)
        #expect(shown.parameters == ["region": "us"])
    }

    @Test func `a run whose values no longer fit is not resumed`() async throws {
        defer { bench.remove() }
        let runner = bench.runner()
        _ = try await runner.run(bench.daily(partitions: nil, fears: "us").setting(["region": "us"]))
        let other = try Pipeline(
            "daily", parameters: [Parameter("region", .oneOf(["eu"]), default: "eu")],
            steps: bench.daily(partitions: nil).steps)
        let error = await #expect(throws: PipelineError.self) { _ = try await runner.resume(of: other) }
        #expect(error?.code == .pipelineChanged)
    }

    @Test func `without a value nothing begins`() async throws {
        defer { bench.remove() }
        let pipeline = try Pipeline(
            "p", parameters: [Parameter("region", .string, summary: "Where.")],
            steps: [Step("a", Tell(ledger: bench.ledger), outputs: ["told"])])
        let error = await #expect(throws: PipelineError.self) { _ = try await bench.runner().run(pipeline) }
        #expect(error?.code == .missingParameter)
        #expect(error?.message.contains("--set region=") == true)
        #expect(!FileManager.default.fileExists(atPath: bench.store))
    }

    @Test func `a parameter that a step does not declare, or that has another type`() async throws {
        defer { bench.remove() }
        for asksForOther in [true, false] {
            let pipeline = try Pipeline(
                "p",
                parameters: [Parameter("region", .string, default: "eu"), Parameter("other", .string, default: "")],
                steps: [Step("a", ReadWrong(asksForOther: asksForOther), parameters: ["region"])])
            let summary = try await bench.runner().run(pipeline)
            let words = asksForOther ? "parameter 'other', which is not among those" : "'region' as Int, but it is 'eu'"
            #expect(summary.message?.contains(words) == true, "\(summary.message ?? "")")
        }
    }

    @Test func `a secret cannot be a value`() async throws {
        defer { bench.remove() }
        let path = try bench.write("opensesame", to: "secret")
        let pipeline = try Pipeline(
            "p", parameters: [Parameter("region", .string, default: "eu")],
            steps: [Step("a", KeepSecret(key: .file(path)), parameters: ["region"])])
        let error = await #expect(throws: PipelineError.self) {
            _ = try await bench.runner().run(pipeline.setting(["region": "x-opensesame"]))
        }
        #expect(error?.message.contains("contains the value of a secret") == true)
        #expect(error?.message.contains("opensesame") == false)
    }

    @Test func `a request of version 1 is read as one without values`() async throws {
        let history = try GivenHistory()
        struct Old: Event {
            static let eventType = EventType("run.requested", version: 1)
            var pipeline = "old"
            var steps: [PlannedStep] = []
            var isForced = true
            var only: String? = "a"
        }
        try await history.store.append(to: RunHistory.stream(of: .first), [Old()])
        let event = try #require(try history.store.events(in: RunHistory.stream(of: .first)).first)
        let expected = RunRequested(pipeline: "old", steps: [], isForced: true, only: "a")
        #expect(try RecordedRunEvent(event).event == .runRequested(expected))
        #expect(try await ListRuns().answer(from: history.store).map(\.pipeline) == ["old"])
    }

    private func show(_ run: RunID) throws -> ShownRun {
        let store = try RunHistory.open(at: bench.layout.history)
        defer { try? store.close() }
        return try ShowRun(run: run.rawValue).answer(from: store)
    }
}

struct KeepSecret: StepWork {
    var key: Secret

    func run(in workspace: StepWorkspace) async throws {}
}
