package import ArgumentParser
import Sennit

/// `sennit bench start`: from asking for a worker to its first result.
package struct StartCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "From asking for a worker to its first result.",
        discussion: """
            For 'spawn', from making a pool of one worker to the result of its first empty task. For 'zygote', from \
            asking a pool that has no worker left, but whose zygote is there, to the result of an empty task in the \
            new worker: what the second and every later worker costs. The first one, for which the zygote itself has \
            to be started, is given as 'zygote, first worker'. Medians of --rounds.
            """)

    @Option(help: "How often each is measured.")
    package var rounds = 11

    @OptionGroup package var report: ReportOptions

    package init() {}

    package func validate() throws { try OptionRange.check(rounds, "rounds", in: 1...1000) }

    @concurrent
    package func run() async throws {
        try Console.current.show(try await StartPlan(rounds: rounds).run(), asJSON: report.json)
    }
}

/// How often the start of a worker is measured.
struct StartPlan: Sendable {
    let rounds: Int

    @concurrent
    func run() async throws -> StartReport {
        var spawned: [Double] = []
        var first: [Double] = []
        for _ in 0..<rounds {
            spawned.append(try await firstResult(of: .spawn))
            first.append(try await firstResult(of: .zygote))
        }
        let later = try await laterResults()
        return StartReport(
            rounds: rounds, spawn: Quantile.of(spawned, 0.5) ?? 0, zygote: Quantile.of(later, 0.5) ?? 0,
            zygoteFirst: Quantile.of(first, 0.5) ?? 0)
    }

    /// Milliseconds from making a pool to the result of its first task.
    private func firstResult(of method: PoolOptions.StartMethod) async throws -> Double {
        var options = PoolOptions()
        options.startMethod = method
        let watch = Stopwatch()
        return try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: options) { pool in
            _ = try await pool.run(NoOperation())
            return watch.milliseconds
        }
    }

    /// Milliseconds from asking a pool without a worker, but with a zygote, to the result.
    private func laterResults() async throws -> [Double] {
        var options = PoolOptions()
        options.startMethod = .zygote
        // Each worker ends after its task, so the next task needs another one.
        options.maxTasksPerWorker = 1
        return try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: options) { pool in
            var ends = pool.events.filter { if case .workerEnded = $0 { true } else { false } }.makeAsyncIterator()
            var times: [Double] = []
            for round in 0...rounds {
                let watch = Stopwatch()
                _ = try await pool.run(NoOperation())
                // The first one starts the zygote.
                if round > 0 { times.append(watch.milliseconds) }
                _ = await ends.next()
                try Task.checkCancellation()
            }
            return times
        }
    }
}

/// What starting a worker took, in milliseconds.
struct StartReport: Report {
    let rounds: Int
    let spawn: Double
    let zygote: Double
    let zygoteFirst: Double

    var title: String { "From asking for a worker to its first result, median of \(rounds)" }

    var figures: [Figure] {
        [
            Figure("spawn, new pool", spawn, places: 2, "ms"),
            Figure("zygote, later workers", zygote, places: 2, "ms"),
            Figure("zygote, first worker", zygoteFirst, places: 2, "ms"),
        ]
    }

    private enum CodingKeys: String, CodingKey {
        case rounds
        case spawn = "first_task_ms_spawn"
        case zygote = "first_task_ms_zygote"
        case zygoteFirst = "first_task_ms_zygote_first"
    }
}
