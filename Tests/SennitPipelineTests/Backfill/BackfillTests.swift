import EventStore
import Foundation
import Glibc
import SennitPipeline
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5)))
struct BackfillTests {
    private let bench = Bench()

    private func days(_ pipeline: Pipeline) throws -> PartitionSelection {
        try pipeline.partitions("2026-01-30..2026-02-02")
    }

    @Test func `one run for each partition, and what is done is left out`() async throws {
        defer { bench.remove() }
        let runner = bench.runner()
        let pipeline = try bench.daily()
        let first = try await runner.backfill(pipeline, days(pipeline), options: BackfillOptions(parallelRuns: 2))
        #expect(first.isComplete && first.count(.finished) == 4)
        let keys = ["2026-01-30", "2026-01-31", "2026-02-01", "2026-02-02"]
        #expect(first.partitions.map(\.partition) == keys)
        for key in keys { #expect(bench.begun["daily day=\(key) region=eu"] == 1) }
        let again = try await runner.backfill(pipeline, days(pipeline))
        #expect(again.count(.skipped) == 4)
        #expect(again.partitions.map(\.run) == first.partitions.map(\.run))
        // Other values are another backfill; the same ones again are done from the cache.
        let other = try await runner.backfill(pipeline.setting(["region": "us"]), days(pipeline))
        #expect(other.count(.finished) == 4)
        let back = try await runner.backfill(pipeline, days(pipeline))
        #expect(back.count(.finished) == 4)
        #expect(back.partitions.allSatisfy { $0.stepsRun == 0 && $0.stepsFromCache == 3 })
        #expect(try await listed(partition: keys[1]).count == 3)
    }

    @Test func `a step that does not depend on the partition runs once for all of them`() async throws {
        defer { bench.remove() }
        let pipeline = try bench.daily()
        _ = try await bench.runner().backfill(pipeline, days(pipeline))
        #expect(bench.begun["fixed"] == 1)
        // The others have records of their own for each partition, however many there are.
        let january = try await bench.runner().backfill(pipeline, pipeline.partitions("2026-01-01..2026-01-20"))
        #expect(january.isComplete)
        let again = try await bench.runner().backfill(
            pipeline, pipeline.partitions("2026-01-01..2026-02-02"), options: BackfillOptions(isAgain: true))
        #expect(again.partitions.count { $0.stepsRun == 0 } == 24)
    }

    @Test func `a step alone reads what was made for its own partition`() async throws {
        defer { bench.remove() }
        let runner = bench.runner()
        let pipeline = try bench.daily()
        _ = try await runner.backfill(pipeline, days(pipeline))
        let one = try pipeline.setting(["day": "2026-01-30"])
        let alone = try await runner.run(one, RunSelection(only: "join"))
        #expect(try bench.text(of: alone.steps[2].artefacts.first) == "day=2026-01-30 region=eu")
        let error = await #expect(throws: PipelineError.self) {
            _ = try await runner.run(pipeline.setting(["day": "2026-03-01"]), RunSelection(only: "join"))
        }
        #expect(error?.code == .missingArtefact)
        // It says nothing about the other steps, so it is not what has done the partition.
        let plan = try await runner.planBackfill(pipeline, pipeline.partitions("2026-01-30"))
        #expect(plan.partitions[0].run != alone.run && !plan.partitions[0].runs)
    }

    @Test func `a failure stops no other partition, and the same call goes on`() async throws {
        defer { bench.remove() }
        let runner = bench.runner()
        let pipeline = try bench.daily(fears: "2026-01-31", cached: false)
        let first = try await runner.backfill(pipeline, days(pipeline))
        #expect(first.partitions.map(\.status) == [.finished, .failed, .finished, .finished])
        #expect(first.partitions[1].message?.contains("afraid of 2026-01-31") == true)
        _ = try bench.write("", to: "ledger.brave")
        let second = try await runner.backfill(pipeline, days(pipeline))
        #expect(second.partitions.map(\.status) == [.skipped, .finished, .skipped, .skipped])
        // Even a step that is never taken from the cache has run once for each partition that was done.
        #expect(bench.begun["daily day=2026-01-30 region=eu"] == 1)
        #expect(bench.begun["daily day=2026-01-31 region=eu"] == 2)
    }

    @Test func `cancelled, it ends cleanly, and the same call goes on`() async throws {
        defer { bench.remove() }
        let runner = bench.runner()
        let pipeline = try bench.daily()
        let partitions = try pipeline.partitions("2026-01")
        let (ended, tell) = AsyncStream<String>.makeStream()
        let work = Task {
            try await runner.backfill(pipeline, partitions) { notice in
                if case .ended(let entry) = notice { tell.yield(entry.partition) }
            }
        }
        for await key in ended where key == "2026-01-03" { break }
        work.cancel()
        let first = try await work.value
        #expect(!first.isComplete && first.count(.finished) >= 3 && first.count(.waiting) > 0)
        #expect(first.count(.failed) == 0)
        let second = try await runner.backfill(pipeline, partitions)
        #expect(second.isComplete && second.count(.skipped) == first.count(.finished))
        #expect(try FileManager.default.contentsOfDirectory(atPath: bench.layout.work) == [])
    }

    @Test func `killed, the same call goes on, and nothing that was done is done again`() async throws {
        defer { bench.remove() }
        await #expect(processExitsWith: .signal(SIGKILL)) { [directory = bench.directory as String] in
            let bench = Bench(at: directory)
            let pipeline = try bench.daily(cached: false)
            _ = try await bench.runner().backfill(pipeline, pipeline.partitions("2026-01-01..2026-01-06")) { notice in
                guard case .run("2026-01-03", .event(let recorded)) = notice else { return }
                if case .stepStarted = recorded.event { kill(getpid(), SIGKILL) }
            }
        }
        let pipeline = try bench.daily(cached: false)
        let summary = try await bench.runner().backfill(pipeline, pipeline.partitions("2026-01-01..2026-01-06"))
        #expect(summary.isComplete && summary.count(.skipped) == 2)
        #expect(bench.begun["daily day=2026-01-01 region=eu"] == 1)
    }

    @Test func `what was removed from the history is not done`() async throws {
        defer { bench.remove() }
        let runner = bench.runner()
        let pipeline = try bench.daily()
        let first = try await runner.backfill(pipeline, days(pipeline))
        let store = try RunHistory.open(at: bench.layout.history)
        let run = try #require(first.partitions[0].run)
        try await store.delete(RunHistory.stream(of: run), expecting: .any)
        try store.close()
        let plan = try await runner.planBackfill(pipeline, days(pipeline))
        #expect(plan.partitions.map(\.runs) == [true, false, false, false])
    }

    @Test func `the artefacts of a partition go with its runs`() async throws {
        defer { bench.remove() }
        let runner = bench.runner()
        let pipeline = try bench.daily()
        let first = try await runner.backfill(pipeline, days(pipeline))
        let store = try RunHistory.open(at: bench.layout.history)
        let removed = try await PruneRuns(keep: 1).carryOut(in: store)
        #expect(removed == first.partitions.prefix(3).compactMap(\.run))
        let artefacts = try RemoveArtefacts(without: Set(removed)).carryOut(in: store, bench.layout)
        try store.close()
        // Of each day 'told', and 'joined' with the same bytes; 'constant' is everybody's.
        #expect(artefacts?.count == 3)
        #expect(bench.layout.artefacts.contents().count == 2)
        let again = try await runner.backfill(pipeline, days(pipeline))
        #expect(again.partitions.map(\.status) == [.finished, .finished, .finished, .skipped])
        #expect(bench.begun["fixed"] == 1)
    }

    @Test func `a selection that no run can have is one error`() async throws {
        defer { bench.remove() }
        let pipeline = try bench.daily()
        let error = await #expect(throws: PipelineError.self) {
            _ = try await bench.runner().backfill(pipeline, days(pipeline), RunSelection(from: "dayly"))
        }
        #expect(error?.code == .unknownStep)
    }

    private func listed(partition: String) async throws -> [ListedRun] {
        let store = try RunHistory.open(at: bench.layout.history)
        defer { try? store.close() }
        return try await ListRuns(partition: partition).answer(from: store)
    }
}
