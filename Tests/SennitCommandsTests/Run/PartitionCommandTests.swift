import Foundation
import SennitCommands
import SennitPipeline
import Testing

struct SayDay: StepWork {
    var fears: String?

    func run(in workspace: StepWorkspace) async throws {
        let day: CalendarDate = try workspace.parameter("day")
        let voice: String = try workspace.parameter("voice")
        if "\(day)" == fears { throw StepFailure("a bad day") }
        try "\(day) \(voice)".write(toFile: try workspace.output("said"), atomically: false, encoding: .utf8)
    }
}

/// A directory with a store, and a command line that knows a pipeline with a parameter and a partition for each day.
struct DailyPlace {
    let directory = NSTemporaryDirectory() + "sennit-daily-\(UUID().uuidString)"

    init() throws { try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true) }

    func remove() { try? FileManager.default.removeItem(atPath: directory) }

    func run(_ line: String, fears: String? = nil) async -> CapturedRun {
        let declaration = PipelineDeclaration("daily") { _ in
            try Pipeline(
                "daily",
                parameters: [
                    Parameter("voice", .oneOf(["low", "high"]), default: "low", summary: "How it is said.")
                ], partitions: .daily("day"),
                steps: [
                    Step(
                        "say", SayDay(fears: fears), outputs: ["said"], retry: .never, codeVersion: "1",
                        parameters: ["day", "voice"])
                ])
        }
        return await PipelineCatalogue.$current.withValue(PipelineCatalogue([declaration])) {
            await CapturedRun("\(line) --store \(directory)/store")
        }
    }
}

@Suite(.timeLimit(.minutes(5)))
struct PartitionCommandTests {
    @Test func `a parameter, a partition, and where both are seen`() async throws {
        let place = try DailyPlace()
        defer { place.remove() }
        let run = await place.run("run daily --set voice=high --for 2026-01-31 --output \(place.directory)/out")
        #expect(run.code == 0, "\(run.notes)")
        #expect(run.notes.contains("1 step, with day=2026-01-31, voice=high\n"))
        #expect(try String(contentsOfFile: "\(place.directory)/out/said", encoding: .utf8) == "2026-01-31 high")
        let list = await place.run("runs --partition 2026-01-31")
        #expect(list.output.contains("WITH") && list.output.contains("day=2026-01-31, voice=high"))
        #expect(await place.run("runs --partition 2026-01-30").output.contains("No runs"))
        let shown = await place.run("runs show")
        #expect(shown.output.contains("with day=2026-01-31, voice=high"))
        let steps = await place.run("step list")
        #expect(steps.output.contains("  --for date (required): The day that the run is for.\n"))
        #expect(steps.output.contains("  --set voice=low|high (default low): How it is said.\n"))
    }

    @Test func `a backfill in words and as JSON, and what would run`() async throws {
        let place = try DailyPlace()
        defer { place.remove() }
        let line = "run --for 2026-01-01..2026-01-03 --parallel-runs 2"
        let plan = await place.run("\(line) --dry-run")
        #expect(plan.output.hasSuffix("3 of 3 partitions would run\n"), "\(plan.notes)")
        #expect(!FileManager.default.fileExists(atPath: "\(place.directory)/store"))
        let failed = await place.run("\(line) --output \(place.directory)/out", fears: "2026-01-02")
        #expect(failed.code == 1)
        #expect(failed.notes.contains("2026-01-02: failed: Step 'say' failed: a bad day"))
        #expect(failed.notes.contains("The same command goes on"))
        #expect(failed.output.contains("backfill of 'daily', 3 partitions: 2 finished, 1 failed in "))
        #expect(FileManager.default.fileExists(atPath: "\(place.directory)/out/2026-01-03/said"))
        // The configuration has changed, so all run; what the first one did is not lost.
        let good = await place.run("\(line) --json")
        #expect(good.code == 0 && good.notes == "", "\(good.notes)")
        let objects = try good.objects()
        #expect(objects.count == 4)
        #expect(Set(objects.compactMap { $0["partition"] as? String }).count == 3)
        #expect(objects.last?["finished"] as? Int == 3)
        let again = await place.run(line)
        #expect(again.code == 0 && again.output.contains("3 skipped"))
        let forced = await place.run("\(line) --again --json")
        #expect(try forced.objects().last?["finished"] as? Int == 3)
        let months = await place.run("run --for 2026-01 --dry-run --json")
        #expect(try months.objects().count { $0["runs"] as? Bool == true } == 28)
    }

    @Test func `the configuration has values, and the command line goes before it`() async throws {
        let place = try DailyPlace()
        defer { place.remove() }
        let path = "\(place.directory)/c.yaml"
        try "parameters: {daily: {voice: high}}".write(toFile: path, atomically: true, encoding: .utf8)
        let run = await place.run("run --for 2026-01-31 --config \(path)")
        #expect(run.notes.contains("voice=high"), "\(run.notes)")
        let other = await place.run("run --for 2026-01-31 --config \(path) --set voice=low")
        #expect(other.notes.contains("voice=low"), "\(other.notes)")
        try "parameters: {daily: {vioce: high}}".write(toFile: path, atomically: true, encoding: .utf8)
        let wrong = await place.run("run --for 2026-01-31 --config \(path)")
        #expect(wrong.code == 1 && wrong.notes.contains("Did you mean 'voice'?"), "\(wrong.notes)")
        #expect(wrong.notes.contains("section 'parameters'"))
        try "parameters: {dialy: {voice: high}}".write(toFile: path, atomically: true, encoding: .utf8)
        let unknown = await place.run("run --for 2026-01-31 --config \(path)")
        #expect(
            unknown.notes.contains("c.yaml:1:") && unknown.notes.contains("Did you mean 'daily'?"), "\(unknown.notes)")
        try "limits: {voices: 2}\nsteps: {say: {limit: voice}}".write(toFile: path, atomically: true, encoding: .utf8)
        let limits = await place.run("run --for 2026-01-31 --config \(path)")
        #expect(limits.notes.contains("Did you mean 'voice'?"), "\(limits.notes)")
    }

    @Test func `runs are found by their tags`() async throws {
        let place = try DailyPlace()
        defer { place.remove() }
        _ = await place.run("run --for 2026-01-30 --tag team=data --tag why=test")
        _ = await place.run("run --for 2026-01-31 --tag team=web")
        let data = await place.run("runs --tag team=data --tag why=test")
        #expect(data.output.contains("TAGS") && data.output.contains("team=data, why=test"), "\(data.notes)")
        #expect(!data.output.contains("team=web"))
        #expect(try await place.run("runs --tag team=web --json").objects().count == 1)
        #expect(await place.run("runs --tag team=web --tag why=test").output.contains("No runs"))
        #expect(await place.run("runs show").output.contains("tagged team=web"))
        #expect(await place.run("run --for 2026-01-31 --tag team").notes.contains("write it like --tag team=data"))
        #expect(await place.run("run --for 2026-01-31 --tag a/b=c").notes.contains("cannot be the name of a tag"))
    }

    @Test(arguments: [
        ("run", Int32(1), "runs for one day at a time: say which with --for 2026-01-31"),
        ("run --for 2026-02-31", 1, "February 2026 has 28 days"),
        ("run --for 2026-01-31..2026-01-01", 1, "ends before it begins"),
        ("run --for 0001..9999", 1, "at most 10,000"), ("run --set voice", 64, "write it like --set region=eu"),
        ("run --set voice=low --set voice=high", 64, "gives 'voice' twice"),
        ("run --set vioce=low", 1, "Did you mean 'voice'?"), ("run --set voice=lwo", 1, "Did you mean 'low'?"),
        ("run --set day=2026-01-01 --for 2026-01-02", 64, "both say what 'day' is"),
        ("run --again", 64, "are for the partitions of --for"),
        ("run --parallel-runs 0 --for 2026", 64, "--parallel-runs is 0"),
        ("run --resume last --set voice=low", 64, "leave --set out"),
        ("run --resume last --for 2026-01-01", 64, "leave --for out"),
        ("step run say --fixture . --set voice=low", 1, "say which with --for"),
    ])
    func `what cannot be done is said with names`(line: String, code: Int32, words: String) async throws {
        let place = try DailyPlace()
        defer { place.remove() }
        let run = await place.run(line)
        #expect(run.code == code, "\(run.notes)")
        #expect(run.notes.contains(words), "\(run.notes)")
    }
}
