import Sennit

/// How many empty tasks, on how many processes and threads.
struct DispatchPlan: Sendable {
    let processes: Int
    let threads: Int
    let count: Int
    let roundTrips: Int

    /// Tasks in flight of the one sequence.
    private static let window = 1024
    /// Callers of `run` at once.
    private static let callers = 64
    /// Tasks that are submitted before their values are asked for; more would measure the memory they take.
    private static let burst = 10_000
    /// Rounds of submissions while every thread naps, and how many a round has.
    private static let (napRounds, submissionsWhileNapping) = (200, 50)

    @concurrent
    func run() async throws -> DispatchReport {
        var options = PoolOptions()
        options.startup = .eager
        return try await withProcessThreadPool(processes: processes, threadsPerProcess: threads, options: options) {
            pool in
            try await pool.start()
            try await WarmUp.run(pool, places: max(1, processes) * threads)
            _ = try await sequenceSeconds(
                pool, count: max(1, count / 10), meter: ProgressMeter("warm-up", total: count))
            let sequence = try await sequenceSeconds(
                pool, count: count, meter: ProgressMeter("one sequence", total: count))
            let callers = try await callersSeconds(pool)
            let bursts = try await burstSeconds(pool)
            let alone = try await aloneMicroseconds(pool)
            let trips = try await roundTripMicroseconds(pool)
            return DispatchReport(
                tasksPerSecond: Double(count) / sequence, runTasksPerSecond: Double(count) / callers,
                submitTasksPerSecond: Double(count) / bursts.inAll,
                submitMicroseconds: bursts.submitting / Double(count) * 1e6,
                submitAloneMicroseconds: Quantile.of(alone, 0.5) ?? 0,
                roundTripMedian: Quantile.of(trips, 0.5) ?? 0, roundTrip99: Quantile.of(trips, 0.99) ?? 0, plan: self)
        }
    }

    private func sequenceSeconds(
        _ pool: ProcessThreadPool<NoContext>, count: Int, meter: ProgressMeter
    ) async throws -> Double {
        var meter = meter
        defer { meter.finish() }
        var done = 0
        let watch = Stopwatch()
        for await outcome in pool.mapAsCompleted(
            (0..<count).lazy.map { _ in NoOperation() }, inFlight: DispatchPlan.window)
        {
            _ = try outcome.result.get()
            done += 1
            // A look at the clock for each of them would cost a good part of what is measured.
            if done & 0x3FFF == 0 { try meter.advance(to: done) }
        }
        let seconds = watch.seconds
        try Task.checkCancellation()
        guard done == count else { throw MeasurementError("\(done) results came of \(count) tasks.") }
        return seconds
    }

    private func callersSeconds(_ pool: ProcessThreadPool<NoContext>) async throws -> Double {
        let callers = min(DispatchPlan.callers, count)
        let watch = Stopwatch()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<callers {
                // The counts of all callers add up to `count`.
                let share = count / callers + (caller < count % callers ? 1 : 0)
                group.addTask { for _ in 0..<share { _ = try await pool.run(NoOperation()) } }
            }
            try await group.waitForAll()
        }
        return watch.seconds
    }

    private func burstSeconds(
        _ pool: ProcessThreadPool<NoContext>
    ) async throws -> (submitting: Double, inAll: Double) {
        var meter = ProgressMeter("bursts", total: count)
        defer { meter.finish() }
        var submitting = 0.0
        var done = 0
        var handles: [TaskHandle<NoOutput>] = []
        handles.reserveCapacity(min(count, DispatchPlan.burst))
        let watch = Stopwatch()
        while done < count {
            let size = min(DispatchPlan.burst, count - done)
            let submission = Stopwatch()
            for _ in 0..<size { handles.append(try await pool.submit(NoOperation())) }
            submitting += submission.seconds
            for handle in handles { _ = try await handle.value }
            handles.removeAll(keepingCapacity: true)
            done += size
            try meter.advance(to: done)
        }
        return (submitting, watch.seconds)
    }

    /// What a submission costs while nothing else runs: every thread of the pool naps, so nobody is woken and nobody
    /// takes the processor or the pool's lock.
    private func aloneMicroseconds(_ pool: ProcessThreadPool<NoContext>) async throws -> [Double] {
        let places = max(1, processes) * threads
        var means: [Double] = []
        for _ in 0..<DispatchPlan.napRounds {
            var naps: [TaskHandle<ThreadPlace>] = []
            for _ in 0..<places { naps.append(try await pool.submit(Nap(milliseconds: 5))) }
            // Until they have begun, and their workers sleep.
            Pause.block(nanoseconds: 1_000_000)
            var handles: [TaskHandle<NoOutput>] = []
            handles.reserveCapacity(DispatchPlan.submissionsWhileNapping)
            let watch = Stopwatch()
            for _ in 0..<DispatchPlan.submissionsWhileNapping {
                handles.append(try await pool.submit(NoOperation()))
            }
            means.append(watch.microseconds / Double(DispatchPlan.submissionsWhileNapping))
            for handle in handles { _ = try await handle.value }
            for nap in naps { _ = try await nap.value }
        }
        return means
    }

    private func roundTripMicroseconds(_ pool: ProcessThreadPool<NoContext>) async throws -> [Double] {
        for _ in 0..<min(1000, roundTrips) { _ = try await pool.run(NoOperation()) }
        var trips: [Double] = []
        trips.reserveCapacity(roundTrips)
        for _ in 0..<roundTrips {
            let watch = Stopwatch()
            _ = try await pool.run(NoOperation())
            trips.append(watch.microseconds)
        }
        return trips
    }
}

/// What handing over empty tasks cost.
struct DispatchReport: Report {
    let tasksPerSecond: Double
    let runTasksPerSecond: Double
    let submitTasksPerSecond: Double
    let submitMicroseconds: Double
    let submitAloneMicroseconds: Double
    let roundTripMedian: Double
    let roundTrip99: Double
    let plan: DispatchPlan

    var title: String {
        "\(Decimals.text(plan.count)) empty tasks on \(plan.processes) processes x \(plan.threads) threads"
    }

    var figures: [Figure] {
        [
            Figure("one sequence", tasksPerSecond, places: 0, "tasks/s"),
            Figure("run, many callers", runTasksPerSecond, places: 0, "tasks/s"),
            Figure("submit, then value", submitTasksPerSecond, places: 0, "tasks/s"),
            Figure("submit, in a burst", submitMicroseconds, places: 2, "µs"),
            Figure("submit, alone", submitAloneMicroseconds, places: 2, "µs"),
            Figure("round trip, median", roundTripMedian, places: 2, "µs"),
            Figure("round trip, 99 %", roundTrip99, places: 2, "µs"),
        ]
    }

    private enum CodingKeys: String, CodingKey {
        case tasksPerSecond = "tasks_per_s"
        case runTasksPerSecond = "run_tasks_per_s"
        case submitTasksPerSecond = "submit_tasks_per_s"
        case submitMicroseconds = "submit_us"
        case submitAloneMicroseconds = "submit_alone_us"
        case roundTripMedian = "round_trip_p50_us"
        case roundTrip99 = "round_trip_p99_us"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(tasksPerSecond, forKey: .tasksPerSecond)
        try container.encode(runTasksPerSecond, forKey: .runTasksPerSecond)
        try container.encode(submitTasksPerSecond, forKey: .submitTasksPerSecond)
        try container.encode(submitMicroseconds, forKey: .submitMicroseconds)
        try container.encode(submitAloneMicroseconds, forKey: .submitAloneMicroseconds)
        try container.encode(roundTripMedian, forKey: .roundTripMedian)
        try container.encode(roundTrip99, forKey: .roundTrip99)
    }
}
