import EventStore
import SennitPipeline
import Testing

struct PruneRunsTests {
    private func run(_ number: Int, pipeline: String = "prices", ended: Int64? = 0, well: Bool = true) -> PrunableRun {
        PrunableRun(
            run: .named("run-\(number)"), pipeline: pipeline, requested: Int64(number) * 100,
            ended: ended.map { _ in Int64(number) * 100 + 50 }, hasEndedWell: well)
    }

    private func numbers(_ runs: [PrunableRun]) -> [String] { runs.map { String($0.run.rawValue.dropFirst(4)) } }

    @Test func `given more than are kept, the oldest go, of each pipeline for itself`() {
        let runs = (1...4).map { run($0) } + (5...6).map { run($0, pipeline: "other") }
        #expect(numbers(PruneRuns(keep: 2).choose(from: runs)) == ["1", "2"])
        #expect(numbers(PruneRuns(keep: 1).choose(from: runs)) == ["1", "2", "3", "5"])
        #expect(numbers(PruneRuns(keep: 9).choose(from: runs)) == [])
    }

    @Test func `given an age, what ended before goes`() {
        let runs = (1...4).map { run($0) }
        #expect(numbers(PruneRuns(endedBefore: 250).choose(from: runs)) == ["1"])
        #expect(numbers(PruneRuns(keep: 3, endedBefore: 1000).choose(from: runs)) == ["1"])
    }

    @Test func `given no rule, nothing goes`() {
        #expect(PruneRuns().choose(from: [run(1), run(2)]) == [])
    }

    @Test func `given a run that has not ended, it stays`() {
        let runs = [run(1, ended: nil), run(2), run(3)]
        #expect(numbers(PruneRuns(keep: 0).choose(from: runs)) == ["2"])
    }

    @Test func `given that the newest runs failed, the newest good one stays`() {
        let runs = [run(1), run(2), run(3, well: false), run(4, well: false)]
        #expect(numbers(PruneRuns(keep: 0).choose(from: runs)) == ["1", "3", "4"])
    }

    @Test func `when it is carried out, the runs are gone and the others are whole`() async throws {
        try await given(Sample.bad) { history in
            try await history.record(.second, Sample.good)
            try await history.record(.third, [Sample.requested, Sample.started()])
            let rehearsed = try await PruneRuns(keep: 0, isRehearsal: true).carryOut(in: history.store)
            #expect(rehearsed == [.first])
            #expect(try history.store.version(of: RunHistory.stream(of: .first)) == Sample.bad.count)
            let removed = try await PruneRuns(keep: 0).carryOut(in: history.store)
            #expect(removed == [.first])
            #expect(try history.store.version(of: RunHistory.stream(of: .first)) == nil)
            #expect(try history.store.version(of: RunHistory.stream(of: .second)) == Sample.good.count)
            let again = try await PruneRuns(keep: 0).carryOut(in: history.store)
            #expect(again == [])
        }
    }

    @Test func `given a run that was resumed, its new end counts`() async throws {
        try await given(Sample.bad + Sample.resumed) { history in
            try await history.record(.second, Sample.bad)
            // The first one is now the newest that ended well.
            let removed = try await PruneRuns(keep: 0).carryOut(in: history.store)
            #expect(removed == [.second])
        }
    }

    @Test func `given a run whose process has died, it goes like one that failed`() async throws {
        try await given([Sample.requested, Sample.started()]) { history in
            try await history.record(.second, [Sample.requested, Sample.started()])
            try await history.record(.third, Sample.good)
            let removed = try await PruneRuns(keep: 1).carryOut(in: history.store) { $0 == .second }
            #expect(removed == [.first])
        }
    }
}
