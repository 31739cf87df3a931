import Sennit
import SennitTesting
import Testing

@Suite(.timeLimit(.minutes(5))) struct SimulatedFaultTests {
    @Test func `the worker of a scripted task dies with it, and the caller is told`() async throws {
        var faults = SimulatedFaults()
        faults.script = [.killWorkerOfTask(1)]
        let error = await #expect(throws: WorkerDied.self) {
            try await withSimulatedPool(seed: 1, faults: faults) { pool in try await pool.run(EchoOnce(number: 1)) }
        }
        #expect(error?.exitStatus == .signaled(9, coreDumped: false))
        #expect(error?.attempt == 1)
        #expect((error?.processID ?? 0) > 1000)
    }

    @Test func `an idempotent task is tried again elsewhere`() async throws {
        var faults = SimulatedFaults()
        faults.script = [.killWorkerOfTask(1), .killWorkerOfTask(2)]
        let statistics = try await withSimulatedPool(seed: 1, faults: faults) { pool in
            try #require(try await pool.run(Echo(number: 1)) == 1)
            return pool.statistics
        }
        #expect(statistics.retried == 2)
        #expect(statistics.workersDied == 2)
    }

    @Test func `a task that always kills its worker is poisonous`() async throws {
        var faults = SimulatedFaults()
        faults.deathDuringTask = 1
        faults.deathDelay = .zero
        var options = PoolOptions()
        options.retries = 10
        let error = await #expect(throws: PoisonedTask.self) {
            try await withSimulatedPool(options: options, seed: 1, faults: faults) { pool in
                return try await pool.run(Echo(number: 1, work: .seconds(1)))
            }
        }
        #expect(error?.deaths == 3)
    }

    @Test func `another worker can be killed when a task starts`() async throws {
        var faults = SimulatedFaults()
        faults.script = [.killWorker(1, whenTaskStarts: 1)]
        let died = try await withSimulatedPool(processes: 2, seed: 4, faults: faults) { pool in
            try await pool.start()
            _ = try await pool.run(Echo(number: 1, work: .seconds(1)))
            let history = try #require(Simulation.current).history
            return history.compactMap { if case .workerDied(let worker, _) = $0.event { worker.number } else { nil } }
        }
        #expect(died == [1])
    }

    @Test func `a failed start is tried again, and too many end the pool`() async throws {
        var faults = SimulatedFaults()
        faults.script = [.failStart(1)]
        let number = try await withSimulatedPool(processes: 1, seed: 1, faults: faults) { pool in
            try await pool.run(Echo(number: 8))
        }
        #expect(number == 8)
        faults.startFailure = 1
        await #expect(throws: PoolError.self) {
            try await withSimulatedPool(processes: 1, seed: 1, faults: faults) { pool in
                return try await pool.run(Echo(number: 8))
            }
        }
    }

    @Test func `an overrun ends in a timeout, whatever the task says`() async throws {
        var faults = SimulatedFaults()
        faults.overrun = 1
        faults.longestOverrun = .seconds(1000)
        let error = await #expect(throws: TaskTimedOut.self) {
            try await withSimulatedPool(seed: 1, faults: faults) { pool in
                return try await pool.run(EchoOnce(number: 1), options: TaskOptions(timeout: .milliseconds(10)))
            }
        }
        #expect(error?.hadStarted == true)
    }

    @Test func `a deadline of the simulation passes while the task waits for its turn`() async throws {
        let error = await #expect(throws: TaskTimedOut.self) {
            try await withSimulatedPool(processes: 1, threadsPerProcess: 1, seed: 1) { pool in
                let first = try await pool.submit(Echo(number: 1, work: .seconds(100)))
                defer { first.cancel() }
                let clock = try #require(SimulatedClock.current)
                return try await pool.run(
                    Echo(number: 2), options: TaskOptions(deadline: clock.deadline(after: .seconds(50))))
            }
        }
        #expect(error?.limit == .deadline)
        #expect(error?.hadStarted == false)
    }

    @Test func `a worker is killed on demand and the pool goes on`() async throws {
        let numbers = try await withSimulatedPool(processes: 1, seed: 9) { pool in
            async let first = pool.run(Echo(number: 1, work: .seconds(10)))
            try await SimulatedClock.current?.sleep(for: .seconds(5))
            Simulation.current?.killWorker(at: 0)
            return try await [first, pool.run(Echo(number: 2))]
        }
        #expect(numbers == [1, 2])
    }

    @Test func `no more faults than asked for`() async throws {
        var faults = SimulatedFaults()
        faults.deathDuringTask = 1
        faults.mostFaults = 2
        faults.deathDelay = .zero
        for seed in UInt64(0)..<20 {
            let statistics = try await withSimulatedPool(seed: seed, faults: faults) { pool in
                for number in 0..<5 { _ = try await pool.run(Echo(number: number)) }
                return pool.statistics
            }
            #expect(statistics.workersDied == 2)
        }
    }
}
