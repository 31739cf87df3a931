import EventStore
import Foundation
import SennitCommands
import SennitPipeline
import Testing

/// A pipeline store with two runs: one that failed, then one that ended well.
private final class SampleStore: Sendable {
    let folder: String

    // With a third one, whose process has died, if it is cut short.
    init(isCutShort: Bool = false) async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "runs-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let store = try RunHistory.open(at: RunHistory.path(inStore: folder))
        let failure = StepFailureRecord(kind: .thrown, message: "no table")
        let bad: [any RunEventBody] = [
            RunRequested(pipeline: "prices", steps: [PlannedStep(name: "load", inputs: [], outputs: [])]),
            RunStarted(session: 1, processID: 42), StepStarted(step: "load", attempt: 1),
            StepFailed(step: "load", attempt: 1, failure: failure),
            RunFailed(milliseconds: 900, failedSteps: ["load"], blockedSteps: [], message: "load: no table"),
        ]
        let hash = try #require(ContentHash(hexadecimal: String(repeating: "0a", count: 32)))
        let good: [any RunEventBody] =
            bad.prefix(3) + [
                StepFinished(
                    step: "load", attempt: 1, fingerprint: hash,
                    artefacts: [ArtefactReference(name: "table", hash: hash, bytes: 12_345)], milliseconds: 700,
                    rows: 120_000),
                RunFinished(milliseconds: 1200, stepsRun: 1, stepsFromCache: 0),
            ]
        var runs = [("20250421-120000-00000a", bad), ("20250421-130000-00000b", good)]
        if isCutShort { runs.append(("20250421-140000-00000c", Array(bad.prefix(3)))) }
        for (name, events) in runs {
            try await store.append(to: RunHistory.stream(of: try #require(RunID(name))), events)
        }
        try store.close()
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func run(_ line: String) async -> CapturedRun { await CapturedRun("runs \(line) --store \(folder)") }
}

struct RunsCommandTests {
    @Test func `the list is a table, the newest first`() async throws {
        let store = try await SampleStore()
        let run = await store.run("")
        #expect(run.code == 0, "\(run.notes)")
        let lines = run.output.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[0].hasPrefix("RUN") && lines[1].contains("finished") && lines[2].contains("failed"))
        let failed = await store.run("list --status failed --json")
        let objects = try failed.objects()
        #expect(objects.map { $0["run"] as? String } == ["20250421-120000-00000a"])
    }

    @Test func `without a history there are no runs, and nothing is made`() async throws {
        let run = await CapturedRun("runs --store /nonexistent-folder")
        #expect(run.code == 0 && run.output == "No runs in '/nonexistent-folder'.\n")
        let shown = await CapturedRun("runs show --store /nonexistent-folder")
        #expect(shown.code == 64 && shown.notes.contains("no history"))
    }

    @Test func `a run is shown with its steps, artefacts and failures`() async throws {
        let store = try await SampleStore()
        let good = await store.run("show")
        #expect(good.code == 0, "\(good.notes)")
        for text in ["finished", "120,000", "12.3 kB", "table of load"] {
            #expect(good.output.contains(text), "\(text)")
        }
        let bad = await store.run("show 20250421-12")
        #expect(bad.output.contains("load, attempt 1: no table"))
        let json = try await store.run("show latest --json").objects()
        #expect(json.count == 1 && json[0]["status"] as? String == "finished")
        let early = try await store.run("show latest --up-to 2 --json").objects()
        #expect(early[0]["status"] as? String == "running")
    }

    @Test func `a run that is not there is an error that says what to do`() async throws {
        let store = try await SampleStore()
        let none = await store.run("show 1999")
        #expect(none.code == 1 && none.notes.contains("'sennit runs' lists"))
        let many = await store.run("show 2025")
        #expect(many.code == 1 && many.notes.contains("20250421-120000-00000a"))
    }

    @Test func `watching a run that has ended shows its lines, and its exit code`() async throws {
        let store = try await SampleStore()
        let good = await store.run("watch latest")
        #expect(good.code == 0 && good.output.split(separator: "\n").count == 5)
        #expect(good.output.contains("load: finished in 700 ms, 120,000 rows"))
        let bad = await store.run("watch 20250421-12 --json")
        #expect(bad.code == 1)
        #expect(try bad.objects().map { $0["event"] as? String }.last == "run.failed")
    }

    @Test func `on a terminal the steps are drawn over one another`() async throws {
        let kept = KeptText()
        let channel = OutputChannel(keepingIn: kept, isTerminal: true)
        var view = RunView(console: Console(output: channel, notes: channel), asJSON: false)
        let run = try #require(RunID("r"))
        let events: [RunEvent] = [
            .runRequested(
                RunRequested(pipeline: "prices", steps: [PlannedStep(name: "load", inputs: [], outputs: [])])),
            .runStarted(RunStarted(session: 1, processID: 1)), .stepStarted(StepStarted(step: "load", attempt: 1)),
            .runCancelled(RunCancelled(milliseconds: 5, interruptedSteps: ["load"])),
        ]
        for (index, event) in events.enumerated() {
            try view.show(RecordedRunEvent(run: run, sequence: index + 1, milliseconds: 0, event: event))
        }
        #expect(try !view.finish())
        #expect(kept.text.hasPrefix("prices r: waiting\n  load: waiting\n"))
        let last = "\u{1B}[2A\r\u{1B}[Jprices r: cancelled in 5 ms\n  load: interrupted\n"
        #expect(kept.text.hasSuffix(last + "Take it up again with: sennit run prices --resume r\n"))
    }

    @Test func `a run whose process has died is interrupted wherever it is shown`() async throws {
        let store = try await SampleStore(isCutShort: true)
        let listed = try await store.run("list --status interrupted --json").objects()
        #expect(listed.map { $0["run"] as? String } == ["20250421-140000-00000c"])
        let shown = await store.run("show latest")
        #expect(shown.output.contains("interrupted, began"))
        #expect(shown.output.contains("sennit run prices --resume 20250421-140000-00000c --store /"))
        let watched = await store.run("watch latest")
        #expect(watched.code == 1)
        #expect(watched.notes.hasPrefix("The process that ran it has ended, and the run has not.\n"))
        #expect(watched.notes.contains("sennit run prices --resume 20250421-140000-00000c --store /"))
    }

    @Test func `the store is the one of the configuration, as for a run`() async throws {
        let store = try await SampleStore()
        let file = "\(store.folder)/sennit.yaml"
        try "store: \(store.folder)\n".write(toFile: file, atomically: true, encoding: .utf8)
        let listed = try await CapturedRun("runs --json --config \(file)").objects()
        #expect(listed.count == 2)
    }

    @Test func `pruning says what goes, and does it`() async throws {
        let store = try await SampleStore()
        let rehearsed = await store.run("prune --keep 1 --dry-run")
        #expect(rehearsed.output == "20250421-120000-00000a\n1 run would be removed.\n")
        let young = await store.run("prune --older-than 1h")
        #expect(young.output == "0 runs removed.\n")
        let removed = try await store.run("prune --keep 1 --json").objects()
        #expect(removed[0]["removed"] as? [String] == ["20250421-120000-00000a"])
        let left = try await store.run("--json").objects()
        #expect(left.map { $0["run"] as? String } == ["20250421-130000-00000b"])
    }

    @Test(arguments: [
        "runs prune", "runs prune --older-than 5", "runs prune --older-than x", "runs prune --keep -1",
        "runs list --limit 0", "runs list --status done", "runs show --up-to 0",
    ])
    func `arguments that make no sense`(line: String) async {
        #expect(await CapturedRun(line).code == 64)
    }

    @Test(arguments: [("90m", 5_400_000), ("1s", 1000), ("2h", 7_200_000), ("30d", 2_592_000_000), ("0w", 0)])
    func `ages`(text: String, milliseconds: Int64) {
        #expect(PruneRunsCommand.milliseconds(ofAge: text) == milliseconds)
    }
}
