import Sennit
import SennitTesting
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct SimulatedClockTests {
    @Test func `a simulated day takes no time`() async throws {
        let start = ContinuousClock.now
        let elapsed = try await withSimulatedPool(seed: 1) { pool in
            _ = try await pool.run(Echo(number: 1, work: .seconds(86_400)))
            return SimulatedClock.current?.now.offset ?? .zero
        }
        #expect(elapsed >= .seconds(86_400) && elapsed < .seconds(86_401))
        #expect(ContinuousClock.now - start < .seconds(3600))
    }

    @Test func `sleepers wake in the order of their moments`() async throws {
        let order = try await withSimulatedPool(seed: 7) { _ in
            let clock = try #require(SimulatedClock.current)
            return try await withThrowingTaskGroup(of: Int.self) { group in
                for number in [5, 1, 4, 2, 3] {
                    group.addTask {
                        try await clock.sleep(for: .seconds(number))
                        return number
                    }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
        }
        #expect(order == [1, 2, 3, 4, 5])
    }

    @Test func `a cancelled sleep ends at once and moves no time`() async throws {
        let elapsed = try await withSimulatedPool(seed: 7) { _ in
            let clock = try #require(SimulatedClock.current)
            await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await clock.sleep(for: .seconds(1_000_000)) }
                try? await clock.sleep(for: .seconds(1))
                group.cancelAll()
                await #expect(throws: CancellationError.self) { try await group.waitForAll() }
            }
            try await clock.sleep(for: .zero)
            return clock.now.offset
        }
        #expect(elapsed == .seconds(1))
    }

    @Test func `the pool's own limits go by it`() async throws {
        try await withSimulatedPool(seed: 2) { pool in
            let clock = try #require(SimulatedClock.current)
            let handle = try await pool.submit(Echo(number: 1, work: .seconds(3600)))
            let error = await #expect(throws: PoolError.self) { try await handle.value(within: .seconds(60)) }
            #expect(error?.code == .timedOutWaiting)
            #expect(clock.now.offset == .seconds(60))
            await pool.shutDown(.finishPending, within: .seconds(60))
            #expect(clock.now.offset < .seconds(121))
        }
    }

    @Test func `callbacks run in the simulation`() async throws {
        let times = Mutex<[Duration?]>([])
        try await withSimulatedPool(seed: 2) { pool in
            let handle = try await pool.submit(Echo(number: 1, work: .seconds(5)))
            handle.onEnd { _ in times.withLock { $0.append(SimulatedClock.current?.now.offset) } }
            _ = try await handle.value
        }
        let time = try #require(times.withLock { $0.first } ?? nil)
        #expect(time >= .seconds(5) && time < .seconds(6))
    }

    @Test func `there is none outside`() {
        #expect(SimulatedClock.current?.now == nil)
        #expect(Simulation.current == nil)
    }
}
