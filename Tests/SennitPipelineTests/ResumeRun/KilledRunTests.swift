import EventStore
import Foundation
import Glibc
import SennitPipeline
import Synchronization
import Testing

/// The whole process of a run is killed, at every event of its history and in the middle of steps; then it is resumed.
@Suite(.timeLimit(.minutes(5)))
struct KilledRunTests {
    @Test func `killed after each of its events in turn, a run ends well when it is resumed`() async throws {
        let whole = try await uninterrupted()
        // Every place in the history, one process after the other for each.
        for place in 1..<whole {
            let bench = Bench()
            defer { bench.remove() }
            try await run(killedAfter: place, at: bench.directory)
            // Progress comes as often as there is time for it: the run may have had fewer events, and have ended.
            guard try !hasEnded(bench) else { continue }
            let before = bench.begun
            let resumed = try await bench.runner().resume(of: bench.words(Bench.sample))
            try check(resumed, bench, begunBefore: before, "killed after event \(place)")
        }
    }

    private func hasEnded(_ bench: Bench) throws -> Bool {
        let store = try RunHistory.open(at: bench.layout.history)
        defer { try? store.close() }
        guard let run = try RunHistory.newest(1, in: store).first else { return false }
        return try store.events(in: RunHistory.stream(of: run)).contains {
            if case .runFinished = try RecordedRunEvent($0).event { true } else { false }
        }
    }

    /// How many events a run has that nothing happens to.
    private func uninterrupted() async throws -> Int {
        let bench = Bench()
        defer { bench.remove() }
        return try await bench.runner().run(bench.words(Bench.sample)).sequence
    }

    private func run(killedAfter place: Int, at directory: String) async throws {
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [place = place as Int, directory = directory as String] in
            let bench = Bench(at: directory)
            _ = try await bench.runner().run(bench.words(Bench.sample)) { notice in
                guard case .event(let recorded) = notice else { return }
                if recorded.sequence == place { kill(getpid(), SIGKILL) }
                // Fewer events than there were the first time.
                if case .runFinished = recorded.event { kill(getpid(), SIGKILL) }
            }
        }
    }

    private func check(
        _ summary: RunSummary, _ bench: Bench, begunBefore: [String: Int], _ comment: Comment
    ) throws {
        #expect(summary.status == .finished, comment)
        #expect(try bench.text(of: summary.steps.last?.artefacts.first) == Bench.report, comment)
        #expect(summary.steps.map(\.rows) == [4, 4, 4, nil], comment)
        let events = try history(summary.run, bench)
        var finished: [String: Int] = [:]
        for event in events { if case .stepFinished(let body) = event.event { finished[body.step, default: 0] += 1 } }
        // Nothing is counted twice, and what was finished before the kill was not begun again.
        #expect(finished == ["split": 1, "count": 1, "sort": 1, "join": 1], comment)
        let session = events.lastIndex { if case .runStarted = $0.event { true } else { false } } ?? 0
        for event in events[..<session] {
            guard case .stepFinished(let body) = event.event else { continue }
            #expect(bench.begun[body.step] == begunBefore[body.step], comment)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: bench.layout.work) == [], comment)
    }

    private func history(_ run: RunID, _ bench: Bench) throws -> [RecordedRunEvent] {
        let store = try RunHistory.open(at: bench.layout.history)
        defer { try? store.close() }
        return try store.events(in: RunHistory.stream(of: run)).map { try RecordedRunEvent($0) }
    }

    @Test func `killed in the middle of a step, a run takes that step up again`() async throws {
        let bench = Bench()
        defer { bench.remove() }
        await #expect(processExitsWith: .signal(SIGKILL)) { [directory = bench.directory as String] in
            let bench = Bench(at: directory)
            let pipeline = try bench.words(Bench.sample, counting: .hangUntilCancelled)
            _ = try await bench.runner().run(pipeline) { notice in
                if case .progress("count", _, _) = notice { kill(getpid(), SIGKILL) }
            }
        }
        #expect(bench.begun["count"] == 1)
        #expect(try await statuses(bench) == [.interrupted])
        let told = Mutex<[RunNotice]>([])
        let resumed = try await bench.runner().resume(of: bench.words(Bench.sample)) { notice in
            told.withLock { $0.append(notice) }
        }
        #expect(try await statuses(bench) == [.finished])
        guard case .takenUp(let summary) = told.withLock({ $0.first }) else {
            Issue.record("the first notice does not say how far the run has come")
            return
        }
        #expect(summary.steps.first?.status == .finished)
        #expect(resumed.status == .finished)
        #expect(bench.begun["count"] == 2)
        #expect(bench.begun["split"] == 1)
        #expect(try bench.text(of: resumed.steps.last?.artefacts.first) == Bench.report)
    }

    private func statuses(_ bench: Bench) async throws -> [ListedRun.Status] {
        let store = try RunHistory.open(at: bench.layout.history)
        defer { try? store.close() }
        return try await ListRuns().answer(from: store, isHeld: bench.layout.isHeld).map(\.status)
    }

    @Test func `a failed run, a stopped run and a finished run`() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let failed = try await bench.runner().run(bench.words(Bench.sample, counting: .throwError))
        #expect(failed.status == .failed)
        let resumed = try await bench.runner().resume(failed.run, of: bench.words(Bench.sample))
        #expect(resumed.status == .finished)
        #expect(resumed.run == failed.run)
        #expect(bench.begun == ["split": 1, "count": 4, "sort": 1, "join": 1])
        let error = await #expect(throws: PipelineError.self) {
            _ = try await bench.runner().resume(failed.run, of: bench.words(Bench.sample))
        }
        #expect(error?.code == .nothingToResume)
    }

    @Test func `a run that is under way cannot be resumed beside itself`() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let (begun, tell) = AsyncStream<RunID>.makeStream()
        let pipeline = try bench.words(Bench.sample, counting: .hangUntilCancelled)
        let work = Task {
            try await bench.runner().run(pipeline) { notice in
                if case .event(let recorded) = notice, case .runStarted = recorded.event { tell.yield(recorded.run) }
            }
        }
        for await run in begun {
            let error = await #expect(throws: PipelineError.self) {
                _ = try await bench.runner().resume(run, of: pipeline)
            }
            #expect(error?.code == .runIsActive)
            break
        }
        work.cancel()
        #expect(try await work.value.status == .cancelled)
    }

    @Test func `other steps than then, and a run that never was`() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let failed = try await bench.runner().run(bench.words(Bench.sample, counting: .throwError))
        let other = try Pipeline("words", steps: [Step("split", Split(text: "", ledger: ""), outputs: ["words"])])
        let changed = await #expect(throws: PipelineError.self) {
            _ = try await bench.runner().resume(failed.run, of: other)
        }
        #expect(changed?.code == .pipelineChanged)
        let unknown = await #expect(throws: PipelineError.self) {
            _ = try await bench.runner().resume(RunID("20000101-000000-000000"), of: other)
        }
        #expect(unknown?.code == .unknownRun)
    }
}
