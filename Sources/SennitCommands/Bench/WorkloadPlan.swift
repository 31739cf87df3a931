import Sennit

/// How many tasks of the workload, on how many processes and threads.
package struct WorkloadPlan: Sendable, Hashable {
    /// Worker processes; zero for threads of this one.
    package let processes: Int
    /// Threads of each.
    package let threads: Int
    package let count: Int
    package let mode: WorkloadMode

    package init(processes: Int, threads: Int, count: Int, mode: WorkloadMode) {
        self.processes = processes
        self.threads = threads
        self.count = count
        self.mode = mode
    }

    /// Tasks that can run at once.
    package var concurrency: Int { max(1, processes) * threads }

    /// The tasks, made as they are wanted.
    var tasks: some Sequence<MostlyWaiting> {
        let mode = mode
        return (0..<count).lazy.map { MostlyWaiting(index: $0, mode: mode) }
    }

    /// Seconds that any executor needs: either all waiting overlaps as far as it may, or all processors are busy.
    package func lowerBoundSeconds(processors: Int) -> Double {
        max(
            Double(count) * MostlyWaiting.waitSeconds / Double(concurrency),
            Double(count) * MostlyWaiting.computeSeconds / Double(processors))
    }

    /// Makes a pool, warms it up and measures the workload in it.
    @concurrent
    func run(_ meter: inout ProgressMeter) async throws -> WorkloadReport {
        var options = PoolOptions()
        options.startup = .eager
        let pool = try ProcessThreadPool(processes: processes, threadsPerProcess: threads, options: options)
        do {
            try await pool.start()
            try await WarmUp.run(pool, places: concurrency)
            let report = try await measure(pool, &meter)
            meter.finish()
            await pool.shutDown(.finishPending)
            return report
        } catch {
            meter.finish()
            await pool.cancelAndEnd()
            throw error
        }
    }

    private func measure(_ pool: ProcessThreadPool<NoContext>, _ meter: inout ProgressMeter) async throws
        -> WorkloadReport
    {
        let pids = pool.allProcessIDs
        var finished: [Int32: Int] = [:]
        var next = 0
        let own = [ProcessIdentity.current]
        let before = (all: ProcessUse.processorSeconds(of: pids), own: ProcessUse.processorSeconds(of: own))
        let watch = Stopwatch()
        for try await outcome in pool.map(tasks) {
            guard outcome.index == next else {
                throw MeasurementError("The result of task \(outcome.index) came in the place of task \(next).")
            }
            next += 1
            finished[outcome.processID, default: 0] += 1
            try meter.advance(to: next)
        }
        let elapsed = watch.seconds
        let used = ProcessUse.processorSeconds(of: pids) - before.all
        let ownUse = ProcessUse.processorSeconds(of: own) - before.own
        guard next == count else { throw MeasurementError("\(next) results came of \(count) tasks.") }
        return WorkloadReport(
            plan: self, elapsedSeconds: elapsed,
            lowerBoundSeconds: lowerBoundSeconds(processors: ProcessIdentity.processorCount), processorSeconds: used,
            parentProcessorSeconds: ownUse, use: ProcessUse.of(pids),
            busiestShare: Double(finished.values.max() ?? 0) / Double(count))
    }
}

/// Makes every thread of a pool run something before a clock starts.
enum WarmUp {
    private static let roundLimit = 20

    /// Lets all threads nap at the same time until each has been seen, for at most twenty rounds.
    static func run(_ pool: ProcessThreadPool<NoContext>, places: Int) async throws {
        var seen: Set<ThreadPlace> = []
        for _ in 0..<roundLimit where seen.count < places {
            let naps = (0..<places).lazy.map { _ in Nap(milliseconds: 20) }
            for try await place in pool.map(naps, inFlight: places) { seen.insert(place) }
        }
    }
}

/// What a run of the workload took.
package struct WorkloadReport: Report, Hashable {
    package let plan: WorkloadPlan
    package let elapsedSeconds: Double
    package let lowerBoundSeconds: Double
    package let processorSeconds: Double
    /// The part of it that this process used.
    package let parentProcessorSeconds: Double
    package let use: ProcessUse
    package let busiestShare: Double

    package init(
        plan: WorkloadPlan, elapsedSeconds: Double, lowerBoundSeconds: Double, processorSeconds: Double,
        parentProcessorSeconds: Double, use: ProcessUse, busiestShare: Double
    ) {
        self.plan = plan
        self.elapsedSeconds = elapsedSeconds
        self.lowerBoundSeconds = lowerBoundSeconds
        self.processorSeconds = processorSeconds
        self.parentProcessorSeconds = parentProcessorSeconds
        self.use = use
        self.busiestShare = busiestShare
    }

    /// The time taken over the time that any executor needs.
    package var ratio: Double { elapsedSeconds / lowerBoundSeconds }

    package var title: String {
        let place = plan.processes == 0 ? "threads of this process" : "\(plan.processes) processes"
        let shape = plan.processes == 0 ? "\(plan.threads) \(place)" : "\(place) x \(plan.threads) threads"
        return "\(Decimals.text(plan.count)) tasks of 20 ms waiting and 0.8 ms of \(plan.mode) time on \(shape)"
    }

    package var figures: [Figure] {
        [
            Figure("elapsed", elapsedSeconds, places: 3, "s"),
            Figure("lower bound", lowerBoundSeconds, places: 3, "s"),
            Figure("ratio", ratio, places: 3),
            Figure("CPU time", processorSeconds, places: 3, "s"),
            Figure("of it in the parent", parentProcessorSeconds, places: 3, "s"),
            Figure("resident memory", use.residentMiB, places: 1, "MiB"),
            Figure("private memory", use.uniqueMiB, places: 1, "MiB"),
            Figure("processes", use.processes),
            Figure("threads", use.threads),
            Figure("busiest share", busiestShare, places: 3),
        ]
    }

    private enum CodingKeys: String, CodingKey {
        case count, mode, ratio, processes, threads
        case workers = "worker_processes"
        case threadsPerProcess = "threads_per_process"
        case elapsed = "elapsed_s"
        case lowerBound = "lower_bound_s"
        case cpu = "cpu_s"
        case parentCPU = "parent_cpu_s"
        case resident = "rss_mb"
        case unique = "uss_mb"
        case busiestShare = "busiest_share"
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(plan.count, forKey: .count)
        try container.encode(plan.mode, forKey: .mode)
        try container.encode(plan.processes, forKey: .workers)
        try container.encode(plan.threads, forKey: .threadsPerProcess)
        try container.encode(elapsedSeconds, forKey: .elapsed)
        try container.encode(lowerBoundSeconds, forKey: .lowerBound)
        try container.encode(ratio, forKey: .ratio)
        try container.encode(processorSeconds, forKey: .cpu)
        try container.encode(parentProcessorSeconds, forKey: .parentCPU)
        try container.encode(use.residentMiB, forKey: .resident)
        try container.encode(use.uniqueMiB, forKey: .unique)
        try container.encode(use.processes, forKey: .processes)
        try container.encode(use.threads, forKey: .threads)
        try container.encode(busiestShare, forKey: .busiestShare)
    }
}
