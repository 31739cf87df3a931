import Sennit
import SennitTesting
import Testing

/// Sleeps that never end, or end after the end of simulated time.
@Suite(.timeLimit(.minutes(5))) struct EndlessSleepTests {
    static let durations: [Duration] = [
        .seconds(Int64.max), .seconds(Int64.max) * 2, .nanoseconds(Int64.max), .seconds(200 * 365 * 86_400),
    ]

    private func expectDeadlock(_ body: @escaping @Sendable (ProcessThreadPool<NoContext>) async throws -> Void) async {
        let error = await #expect(throws: SimulationError.self) { try await withSimulatedPool(seed: 3, body) }
        #expect(error?.cause == .deadlock)
        #expect(error?.endlessSleepers == 1)
        #expect(error?.description.contains("for ever") == true, "\(String(describing: error))")
    }

    @Test(arguments: EndlessSleepTests.durations) func `a task that sleeps for ever ends the simulation`(
        duration: Duration
    ) async {
        await expectDeadlock { pool in _ = try await pool.run(Echo(number: 1, work: duration)) }
    }

    @Test(arguments: EndlessSleepTests.durations) func `so does a sleep on the clock, also a second one`(
        duration: Duration
    ) async {
        await expectDeadlock { _ in
            let clock = try #require(SimulatedClock.current)
            try await clock.sleep(for: .seconds(90 * 365 * 86_400))
            try await clock.sleep(for: duration)
        }
    }

    @Test func `limits that are never reached are none`() async throws {
        var options = PoolOptions()
        options.idleTimeout = .seconds(Int64.max)
        options.gracePeriod = .seconds(Int64.max)
        options.startTimeout = .seconds(Int64.max)
        let number = try await withSimulatedPool(options: options, seed: 3) { pool in
            let handle = try await pool.submit(
                Echo(number: 4, work: .seconds(60)), options: TaskOptions(timeout: .seconds(Int64.max)))
            return try await handle.value(within: .seconds(Int64.max))
        }
        #expect(number == 4)
    }

    @Test func `an endless sleep that is cancelled or times out harms nobody`() async throws {
        try await withSimulatedPool(seed: 3) { pool in
            let error = await #expect(throws: TaskTimedOut.self) {
                try await pool.run(
                    EchoOnce(number: 1, work: .seconds(Int64.max)), options: TaskOptions(timeout: .seconds(1)))
            }
            #expect(error?.hadStarted == true)
            let handle = try await pool.submit(Echo(number: 2, work: .seconds(Int64.max)))
            try await SimulatedClock.current?.sleep(for: .seconds(1))
            handle.cancel()
            await #expect(throws: CancellationError.self) { try await handle.value }
            #expect(try await pool.run(Echo(number: 3)) == 3)
        }
    }

    @Test func `a duration of any length can be counted`() {
        let longest = Duration.seconds(Int64.max)
        for duration in [longest + longest, longest + .nanoseconds(1), longest] {
            #expect(duration.clampedNanoseconds == Nanoseconds.max / 4)
        }
        #expect((Duration.zero - longest - longest).clampedNanoseconds == 0)
        #expect(Duration.nanoseconds(1_500_000_001).clampedNanoseconds == 1_500_000_001)
    }
}
