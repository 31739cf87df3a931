import Logging
import Sennit
import SennitServiceLifecycle
import ServiceLifecycle
import Testing

@Suite(.timeLimit(.minutes(5))) struct PoolServiceTests {
    @Test func `graceful shutdown finishes what runs and what waits, and accepts nothing more`() async throws {
        let pool = try ProcessThreadPool(processes: 1, threadsPerProcess: 1)
        let barrier = try Barrier()
        let group = group(PoolService(pool))
        async let run: Void = group.run()
        var handles: [TaskHandle<Int>] = []
        for number in 0..<5 {
            handles.append(try await pool.submit(WaitAtBarrier(path: barrier.path, number: number)))
        }
        try await hasStarted(handles[0])
        await group.triggerGracefulShutdown()
        try await refusesTasks(pool)
        #expect(handles.allSatisfy { !$0.state.isFinal })
        barrier.open()
        for (number, handle) in handles.enumerated() { #expect(try await handle.value == number) }
        try await run
        #expect(pool.statistics.liveWorkers == 0)
    }

    @Test func `what does not end within the limit is killed`() async throws {
        let pool = try ProcessThreadPool(processes: 1, threadsPerProcess: 1)
        let barrier = try Barrier()
        let group = group(PoolService(pool, shutdownLimit: .milliseconds(50)))
        async let run: Void = group.run()
        let running = try await pool.submit(WaitAtBarrier(path: barrier.path, number: 1))
        let waiting = try await pool.submit(WaitAtBarrier(path: barrier.path, number: 2))
        try await hasStarted(running)
        await group.triggerGracefulShutdown()
        try await run
        for handle in [running, waiting] {
            let error = await #expect(throws: PoolError.self) { try await handle.value }
            #expect(error?.code == .shutDown)
        }
        #expect(pool.statistics.liveWorkers == 0)
    }

    @Test func `when the group is cancelled, so are the tasks`() async throws {
        let pool = try ProcessThreadPool(processes: 1, threadsPerProcess: 1)
        let group = group(PoolService(pool))
        let run = Task { try await group.run() }
        let handle = try await pool.submit(WaitForCancellation())
        try await hasStarted(handle)
        run.cancel()
        await #expect(throws: CancellationError.self) { try await handle.value }
        _ = await run.result
        #expect(pool.statistics.liveWorkers == 0)
    }

    @Test func `a pool that cannot start ends its group with the reason`() async throws {
        let pool = try ProcessThreadPool(of: Impossible.self, processes: 1, threadsPerProcess: 1)
        await #expect(throws: Impossible.Reason.self) { try await group(PoolService(pool)).run() }
        #expect(pool.statistics.liveWorkers == 0)
    }

    @Test func `a pool that fails later ends its group too`() async throws {
        var options = PoolOptions()
        options.onWorkerDeath = .failPool
        let pool = try ProcessThreadPool(processes: 1, threadsPerProcess: 1, options: options)
        let group = group(PoolService(pool))
        let run = Task { try await group.run() }
        _ = try? await pool.run(EndWorker())
        await #expect(throws: PoolError.self) { try await run.value }
        #expect(pool.statistics.liveWorkers == 0)
    }

    @Test func `a pool that somebody else shuts down ends its service`() async throws {
        let pool = try ProcessThreadPool(processes: 1, threadsPerProcess: 1)
        let service = PoolService(pool)
        async let run: Void = service.run()
        try await pool.start()
        await pool.shutDown()
        try await run
        #expect(pool.statistics.liveWorkers == 0)
    }

    @Test func `a shutdown before the workers are ready ends them`() async throws {
        let pool = try ProcessThreadPool(processes: 1, threadsPerProcess: 1)
        let group = group(PoolService(pool))
        async let run: Void = group.run()
        await group.triggerGracefulShutdown()
        try await run
        #expect(pool.statistics.liveWorkers == 0)
    }
}

private func group(_ service: any Service) -> ServiceGroup {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return ServiceGroup(configuration: .init(services: [.init(service: service)], logger: logger))
}

/// Waits until the task says that it runs.
private func hasStarted(_ handle: TaskHandle<Int>) async throws {
    for await _ in handle.progress { return }
    throw CancellationError()
}

/// Waits until the pool accepts nothing more.
private func refusesTasks(_ pool: ProcessThreadPool<NoContext>) async throws {
    while true {
        do {
            try await pool.submit(WaitForCancellation()).cancel()
        } catch let error as PoolError where error.code == .shutDown {
            return
        }
        await Task.yield()
    }
}
