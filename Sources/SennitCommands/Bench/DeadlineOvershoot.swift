import Sennit

/// A task that heeds nothing runs into its deadline, and the time from then on is taken, in milliseconds.
package struct DeadlineOvershoot: Sendable, Hashable {
    /// From the deadline until the caller has the error.
    package let told: Double
    /// From the deadline until the worker process that ran the task has ended and is reaped.
    package let stopped: Double

    package init(told: Double, stopped: Double) {
        self.told = told
        self.stopped = stopped
    }

    /// Of many times the one at this rank, each of the two by itself.
    init(_ times: [DeadlineOvershoot], rank: Double) {
        told = Quantile.of(times.map(\.told), rank) ?? 0
        stopped = Quantile.of(times.map(\.stopped), rank) ?? 0
    }

    /// How long a task has to start, whose worker is ready when it is handed in; doubled for as long as it has not.
    private static let shortestAllowance = Duration.milliseconds(20)
    private static let longestAllowance = Duration.seconds(10)

    /// Runs into that many deadlines, one after the other.
    static func measure(rounds: Int) async throws -> [DeadlineOvershoot] {
        var meter = ProgressMeter("deadlines", total: rounds)
        defer { meter.finish() }
        return try await withProcessThreadPool(processes: 1, threadsPerProcess: 1) { pool in
            var ends = pool.events.filter { if case .workerEnded = $0 { true } else { false } }.makeAsyncIterator()
            var times: [DeadlineOvershoot] = []
            for done in 1...rounds {
                try await pool.start()
                let (deadline, told) = try await overshoot(pool)
                _ = await ends.next()
                try Task.checkCancellation()
                times.append(DeadlineOvershoot(told: told, stopped: milliseconds(since: deadline)))
                try meter.advance(to: done)
            }
            return times
        }
    }

    /// A deadline, and how many milliseconds past it the caller of a task that heeds nothing has the error.
    private static func overshoot(
        _ pool: ProcessThreadPool<NoContext>
    ) async throws -> (deadline: ContinuousClock.Instant, told: Double) {
        var allowance = shortestAllowance
        while allowance < longestAllowance {
            let deadline = ContinuousClock.now + allowance
            do {
                _ = try await pool.run(HeedNothing(), options: TaskOptions(deadline: deadline))
                throw MeasurementError("A task that heeds nothing ended before its deadline.")
            } catch let error as TaskTimedOut {
                let told = milliseconds(since: deadline)
                if error.hadStarted { return (deadline, told) }
            }
            // The machine is busy.
            allowance = allowance * 2
        }
        throw MeasurementError("A task had not started within \(longestAllowance).")
    }

    private static func milliseconds(since moment: ContinuousClock.Instant) -> Double {
        (ContinuousClock.now - moment) / .milliseconds(1)
    }
}
