import Foundation
import SennitPipeline
import Testing

@Suite(.timeLimit(.minutes(5)))
struct RunTests {
    private let bench = Bench()

    @Test func `steps run in worker processes, and their artefacts pass from one to the next`() async throws {
        defer { bench.remove() }
        let summary = try await bench.runner().run(bench.words(Bench.sample))
        #expect(summary.status == .finished)
        #expect(summary.steps.map(\.name) == ["split", "count", "sort", "join"])
        #expect(summary.steps.map(\.status) == [.finished, .finished, .finished, .finished])
        #expect(summary.steps.map(\.rows) == [4, 4, 4, nil])
        #expect(summary.steps.first?.reason == "it has not run before")
        #expect(try bench.text(of: summary.steps.last?.artefacts.first) == Bench.report)
        #expect(bench.begun == ["split": 1, "count": 1, "sort": 1, "join": 1])
        #expect(try FileManager.default.contentsOfDirectory(atPath: bench.layout.work) == [])
        #expect(try FileManager.default.contentsOfDirectory(atPath: bench.layout.locks) == [])
    }

    @Test func `what has not changed is not run again, and what has changed is`() async throws {
        defer { bench.remove() }
        let runner = bench.runner()
        _ = try await runner.run(bench.words(Bench.sample))
        let again = try await runner.run(bench.words(Bench.sample))
        #expect(again.steps.map(\.status) == [.cached, .cached, .cached, .cached])
        #expect(again.steps.map(\.rows) == [4, 4, 4, nil])
        #expect(bench.begun == ["split": 1, "count": 1, "sort": 1, "join": 1])
        // The same words in another order: sorted and counted they are the same again.
        let changed = try await runner.run(bench.words("a a b c"))
        #expect(changed.steps.map(\.status) == [.finished, .finished, .finished, .cached])
        #expect(changed.steps[0].reason == "its configuration has changed")
        #expect(changed.steps[1].reason == "its input 'words' has changed")
        let forced = try await runner.run(bench.words(Bench.sample), RunSelection(isForced: true))
        #expect(forced.steps.map(\.reason) == Array(repeating: "it is forced", count: 4))
    }

    @Test func `from a step on, and a step alone`() async throws {
        defer { bench.remove() }
        let runner = bench.runner()
        let pipeline = try bench.words(Bench.sample)
        let error = await #expect(throws: PipelineError.self) {
            _ = try await runner.run(pipeline, RunSelection(only: "join"))
        }
        #expect(error?.code == .missingArtefact)
        _ = try await runner.run(pipeline)
        let from = try await runner.run(pipeline, RunSelection(from: "count"))
        #expect(from.steps.map(\.status) == [.cached, .finished, .cached, .finished])
        let only = try await runner.run(pipeline, RunSelection(only: "sort"))
        #expect(only.status == .finished)
        #expect(only.steps.map(\.status) == [.waiting, .waiting, .finished, .waiting])
        #expect(bench.begun == ["split": 1, "count": 2, "sort": 2, "join": 2])
    }

    @Test(arguments: [
        (Misdeed.throwError, StepFailureRecord.Kind.thrown, 3), (.trap, .poisoned, 3), (.killItself, .poisoned, 3),
        (.hang, .timedOut, 3), (.failCheck, .checkFailed, 1), (.writeNothing, .thrown, 1),
    ])
    func `a step that goes wrong fails alone`(
        misdeed: Misdeed, kind: StepFailureRecord.Kind, attempts: Int
    ) async throws {
        defer { bench.remove() }
        let timeout: Duration? = misdeed == .hang ? .milliseconds(100) : nil
        let notices = Notices()
        let summary = try await bench.runner().run(
            bench.words(Bench.sample, counting: misdeed, timeout: timeout)
        ) { notices.take($0) }
        #expect(summary.status == .failed)
        #expect(summary.steps.map(\.status) == [.finished, .failed, .finished, .blocked])
        #expect(summary.steps[1].failure?.kind == kind, "\(String(describing: summary.steps[1].failure))")
        #expect(summary.steps[1].artefacts == [])
        // On a busy machine the time of an attempt may be up before its work begins.
        let begun = try #require(bench.begun["count"])
        #expect(misdeed == .hang ? begun <= attempts : begun == attempts)
        #expect(notices.all.count(where: \.isTimeout) == (misdeed == .hang ? attempts : 0))
        #expect(summary.message?.hasPrefix("Step 'count' failed: ") == true)
    }

    @Test func `a step whose worker is killed once is run again`() async throws {
        defer { bench.remove() }
        let summary = try await bench.runner().run(bench.words(Bench.sample, counting: .killItselfOnce))
        #expect(summary.status == .finished)
        #expect(summary.steps[1].attempts == 2)
        #expect(try bench.text(of: summary.steps.last?.artefacts.first) == Bench.report)
    }

    @Test func `a poisoned step is told with its last words`() async throws {
        defer { bench.remove() }
        let summary = try await bench.runner().run(bench.words(Bench.sample, counting: .lastWords("out of luck")))
        let failure = try #require(summary.steps[1].failure)
        #expect(failure.kind == .poisoned)
        #expect(failure.message.hasPrefix("It has killed 3 workers and is not tried again."))
        #expect(failure.standardErrorTail?.contains("out of luck") == true)
    }

    @Test func `an artefact that was damaged on disk is found, and made again`() async throws {
        defer { bench.remove() }
        let runner = bench.runner()
        let pipeline = try bench.words(Bench.sample)
        let first = try await runner.run(pipeline)
        let words = try #require(first.steps[0].artefacts.first)
        // The same size: only the hash can tell.
        try "b a c x".replacing(" ", with: "\n").write(
            toFile: bench.layout.artefacts.path(of: words.hash), atomically: true, encoding: .utf8)
        let alone = try await runner.run(pipeline, RunSelection(only: "count"))
        #expect(alone.status == .finished)
        #expect(bench.begun["split"] == 2)
        #expect(try bench.text(of: words) == "b\na\nc\na")
    }

    @Test func `a step that runs alone has its damaged input made again from what stands before it`() async throws {
        defer { bench.remove() }
        let runner = bench.runner()
        let pipeline = try bench.words(Bench.sample)
        let first = try await runner.run(pipeline)
        let sorted = try #require(first.steps.first { $0.name == "sort" }?.artefacts.first)
        try "a a c b".replacing(" ", with: "\n").write(
            toFile: bench.layout.artefacts.path(of: sorted.hash), atomically: true, encoding: .utf8)
        let alone = try await runner.run(pipeline, RunSelection(only: "join"))
        #expect(alone.status == .finished, "\(alone.message ?? "")")
        #expect(bench.begun["sort"] == 2 && bench.begun["split"] == 1)
    }

    @Test func `cancellation stops the steps, and the run can be resumed`() async throws {
        defer { bench.remove() }
        let runner = bench.runner()
        let pipeline = try bench.words(Bench.sample, counting: .hangUntilCancelled)
        let (hangs, tell) = AsyncStream<Void>.makeStream()
        let work = Task {
            try await runner.run(pipeline) { notice in
                if case .progress("count", _, _) = notice { tell.yield() }
            }
        }
        for await _ in hangs { break }
        work.cancel()
        let summary = try await work.value
        #expect(summary.status == .cancelled)
        #expect(summary.steps[1].status == .cancelled)
        #expect(bench.begun["join"] == nil)
    }
}
