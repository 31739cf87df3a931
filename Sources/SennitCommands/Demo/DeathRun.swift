import Sennit

/// The workload with one worker killed in the middle.
struct DeathRun: Sendable {
    let plan: DemoPlan
    /// Whether the tasks may run again.
    let retries: Bool

    @concurrent
    func run(_ meter: inout ProgressMeter) async throws -> DeathReport {
        var options = PoolOptions()
        options.startup = .eager
        let pool = try ProcessThreadPool(
            processes: plan.processes, threadsPerProcess: plan.threads, options: options)
        do {
            try await pool.start()
            let report = try await kill(in: pool, &meter)
            meter.finish()
            await pool.shutDown(.finishPending)
            return report
        } catch {
            meter.finish()
            await pool.cancelAndEnd()
            throw error
        }
    }

    private func kill(in pool: ProcessThreadPool<NoContext>, _ meter: inout ProgressMeter) async throws -> DeathReport {
        let workload = WorkloadPlan(processes: plan.processes, threads: plan.threads, count: plan.count, mode: .cpu)
        var report = DeathReport(count: plan.count, retries: retries)
        let moment = max(1, plan.count / 3)
        let watch = Stopwatch()
        // A small window, so that at the moment of the kill most tasks are still to come, however late that is read.
        let outcomes = pool.mapAsCompleted(
            workload.tasks, inFlight: 2 * plan.processes * plan.threads, options: TaskOptions(isIdempotent: retries))
        for await outcome in outcomes {
            switch outcome.result {
            case .success:
                report.finished += 1
            case .failure(let error):
                report.failed += 1
                report.error = report.error ?? "\(error)"
            }
            let ended = report.finished + report.failed
            if ended == moment { report.victim = try killWorker(of: pool) }
            try meter.advance(to: ended)
        }
        report.elapsedSeconds = watch.seconds
        try Task.checkCancellation()
        guard report.finished + report.failed == plan.count else {
            throw MeasurementError("\(report.finished + report.failed) tasks ended of \(plan.count).")
        }
        let statistics = pool.statistics
        report.retried = statistics.retried
        report.workersStarted = statistics.workersStarted
        return report
    }

    private func killWorker(of pool: ProcessThreadPool<NoContext>) throws -> Int32 {
        guard let victim = pool.statistics.processIDs.compactMap({ $0 }).first, ProcessSignal.kill(victim) else {
            throw MeasurementError("There is no worker to kill.")
        }
        return victim
    }
}

/// What the death of a worker meant for the tasks.
package struct DeathReport: Encodable, Sendable, Hashable {
    package let count: Int
    package let retries: Bool
    package var finished = 0
    package var failed = 0
    package var retried = 0
    package var workersStarted = 0
    package var elapsedSeconds = 0.0
    package var victim: Int32 = 0
    /// What the first failed task said.
    package var error: String?

    package init(count: Int, retries: Bool) {
        self.count = count
        self.retries = retries
    }

    private enum CodingKeys: String, CodingKey {
        case part, count, retries, finished, failed, retried, error
        case workersStarted = "workers_started"
        case elapsed = "elapsed_s"
        case victim = "killed_pid"
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode("killed worker", forKey: .part)
        try container.encode(count, forKey: .count)
        try container.encode(retries, forKey: .retries)
        try container.encode(finished, forKey: .finished)
        try container.encode(failed, forKey: .failed)
        try container.encode(retried, forKey: .retried)
        try container.encode(workersStarted, forKey: .workersStarted)
        try container.encode(elapsedSeconds, forKey: .elapsed)
        try container.encode(victim, forKey: .victim)
        try container.encode(error, forKey: .error)
    }
}
