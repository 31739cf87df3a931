import Sennit
import Testing

/// Behaviour 87: a pool is killed, wherever it is in its life.
@Suite(.timeLimit(.minutes(5))) struct KillingTests {
    @Test(arguments: [0, 1]) func `87 a pool that has not started`(processes: Int) async throws {
        let pool = try ProcessThreadPool(processes: processes, threadsPerProcess: 1)
        await pool.kill()
        await expectPoolError(.shutDown) { try await pool.run(Doubling(number: 1)) }
    }

    @Test(arguments: [0, 2]) func `87 a pool at work`(processes: Int) async throws {
        let gate = try TaskGate()
        let pool = try ProcessThreadPool(processes: processes, threadsPerProcess: 1)
        let running = try await pool.occupy(gate, threads: max(1, processes))
        let queued = try await pool.submit(Doubling(number: 1))
        let workers = processes == 0 ? [] : pool.statistics.processIDs.compactMap { $0 }
        await pool.kill()
        for handle in running { await expectPoolError(.shutDown) { try await handle.value } }
        #expect(await queued.result.isFailure)
        #expect(!workers.contains { isRunning($0) })
        #expect(pool.statistics.liveWorkers == 0)
    }

    @Test func `87 a pool whose worker is dead`() async throws {
        let pool = try ProcessThreadPool(processes: 1, threadsPerProcess: 1)
        let events = pool.events
        try await pool.start()
        let worker = try #require(pool.statistics.processIDs[0])
        #expect(Processes.signal(worker, 9))
        for await case .workerEnded in events { break }
        await pool.kill()
        #expect(pool.statistics.liveWorkers == 0)
    }

    @Test(arguments: [0, 1]) func `87 a pool that is shut down`(processes: Int) async throws {
        let pool = try ProcessThreadPool(processes: processes, threadsPerProcess: 1)
        _ = try await pool.run(Doubling(number: 1))
        await pool.shutDown()
        await pool.kill()
        await pool.kill()
        await expectPoolError(.shutDown) { try await pool.run(Doubling(number: 1)) }
    }
}

extension Result {
    fileprivate var isFailure: Bool {
        if case .failure = self { true } else { false }
    }
}
