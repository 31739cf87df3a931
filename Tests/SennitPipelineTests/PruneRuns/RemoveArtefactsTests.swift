import EventStore
import SennitPipeline
import Testing

@Suite(.timeLimit(.minutes(5)))
struct RemoveArtefactsTests {
    private let bench = Bench()

    /// Runs two pipelines that differ in their text, and prunes down to the second.
    private func prune(isRehearsal: Bool = false) async throws -> (RemovedArtefacts?, RunSummary, RunSummary) {
        let first = try await bench.runner().run(bench.words("y x"))
        let second = try await bench.runner().run(bench.words(Bench.sample))
        let store = try RunHistory.open(at: bench.layout.history)
        defer { try? store.close() }
        let pruned = try await PruneRuns(keep: 1, isRehearsal: isRehearsal).carryOut(in: store)
        #expect(pruned == [first.run])
        let command = RemoveArtefacts(without: Set(pruned), isRehearsal: isRehearsal)
        return (try command.carryOut(in: store, bench.layout), first, second)
    }

    private func isThere(_ summary: RunSummary) -> [Bool] {
        summary.steps.flatMap(\.artefacts).map { bench.layout.artefacts.holds($0) }
    }

    @Test func `artefacts that only removed runs have go, and so do the records that name them`() async throws {
        defer { bench.remove() }
        let (removed, first, second) = try await prune()
        #expect(removed?.count == 4)
        #expect(removed?.bytes == first.steps.reduce(0) { $0 + $1.bytes })
        #expect(isThere(first) == [false, false, false, false])
        #expect(isThere(second) == [true, true, true, true])
        // What is gone is made again, and what is there is not.
        let again = try await bench.runner().run(bench.words("y x"))
        #expect(again.steps.map(\.status) == [.finished, .finished, .finished, .finished])
        #expect(try await bench.runner().run(bench.words(Bench.sample)).steps.allSatisfy { $0.status == .cached })
    }

    @Test func `a rehearsal counts and removes nothing`() async throws {
        defer { bench.remove() }
        let (removed, first, _) = try await prune(isRehearsal: true)
        #expect(removed?.count == 4)
        #expect(isThere(first) == [true, true, true, true])
    }

    @Test func `while a run is under way nothing goes`() async throws {
        defer { bench.remove() }
        _ = try await bench.runner().run(bench.words("y x"))
        let store = try RunHistory.open(at: bench.layout.history)
        defer { try? store.close() }
        let lock = try bench.layout.lock(.first)
        #expect(try RemoveArtefacts().carryOut(in: store, bench.layout) == nil)
        withExtendedLifetime(lock) {}
    }

    @Test func `what a step has made last stays, even if its run is gone`() async throws {
        defer { bench.remove() }
        let run = try await bench.runner().run(bench.words("y x"))
        let store = try RunHistory.open(at: bench.layout.history)
        defer { try? store.close() }
        try await store.delete(RunHistory.stream(of: run.run))
        #expect(try RemoveArtefacts().carryOut(in: store, bench.layout) == RemovedArtefacts())
        #expect(isThere(run) == [true, true, true, true])
    }
}
