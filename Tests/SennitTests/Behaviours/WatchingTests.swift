import Sennit
import Testing

/// Events and counts.
@Suite(.timeLimit(.minutes(5))) struct WatchingTests {
    /// An event without what differs from run to run.
    private func kind(_ event: PoolEvent) -> String {
        switch event {
        case .workerStarting(let worker): "starting \(worker)"
        case .workerReady(let worker, _): "ready \(worker)"
        case .workerDraining(let worker, _): "draining \(worker)"
        case .workerEnded(let worker, _, let status, let expected): "ended \(worker) \(status) \(expected)"
        case .workerStartFailed(let worker, _): "start failed \(worker)"
        case .taskDispatched(_, let worker, let attempt): "dispatched \(worker) \(attempt)"
        case .taskProgressed(_, let progress): "progressed \(progress.completed)"
        case .taskRetried(_, let attempt): "retried \(attempt)"
        case .taskEnded(_, let state): "task \(state)"
        case .poolFailed: "failed"
        case .terminated: "terminated"
        }
    }

    @Test(arguments: [0, 1]) func `events come in the order in which things happen`(processes: Int) async throws {
        let gate = try TaskGate()
        var options = PoolOptions()
        // A busy machine may be slow to let the worker end.
        options.stopTimeout = .seconds(40)
        let pool = try ProcessThreadPool(processes: processes, threadsPerProcess: 1, options: options)
        let events = pool.events
        let first = try await pool.submit(PassingGate(gate, 3))
        await first.hasBegun()
        gate.open()
        _ = try await first.value
        await #expect(throws: BehaviourError.self) { try await pool.run(FailingAt(number: 1, bad: [1])) }
        await pool.shutDown()
        var seen: [String] = []
        for await event in events { seen.append(kind(event)) }
        #expect(
            seen == [
                "starting 0.1", "ready 0.1", "dispatched 0.1 1", "progressed 3", "task succeeded", "dispatched 0.1 1",
                "task failed", "draining 0.1", "ended 0.1 exited with code 0 true", "terminated",
            ])
    }

    @Test func `every watcher has events of its own, and a slow one keeps the newest`() async throws {
        let pool = try ProcessThreadPool(processes: 0, threadsPerProcess: 1)
        let (first, second) = (pool.events, pool.events)
        for try await _ in pool.map((0..<3000).map(Doubling.init)) {}
        await pool.shutDown()
        var counts: [Int] = []
        for events in [first, second] {
            var seen: [String] = []
            for await event in events { seen.append(kind(event)) }
            #expect(seen.last == "terminated")
            counts.append(seen.count)
        }
        #expect(counts == [4096, 4096])
    }

    @Test(arguments: [0, 1]) func `counts add up`(processes: Int) async throws {
        let gate = try TaskGate()
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 2) { pool in
            _ = try await pool.occupy(gate, threads: 2)
            var handles: [TaskHandle<Int>] = []
            for number in 0..<60 { handles.append(try await pool.submit(FailingAt(number: number, bad: [1, 2]))) }
            handles[59].cancel()
            let busy = pool.statistics
            #expect(busy.targetProcesses == max(1, processes) && busy.threadsPerProcess == 2)
            #expect(busy.submitted == 62 && busy.cancelled == 1 && busy.completed == 0)
            #expect(busy.queuedTasks + busy.tasksInWorkers == 61)
            #expect(busy.liveWorkers == 1 && busy.readyWorkers == 1 && busy.workersStarted == 1)
            #expect(busy.processIDs.count == 1)
            gate.open()
            for handle in handles { _ = await handle.result }
            _ = try await pool.run(Doubling(number: 1))
            let idle = pool.statistics
            #expect(idle.completed == 62 && idle.queuedTasks == 0 && idle.tasksInWorkers == 0)
            #expect(idle.tasksPerWorker.reduce(0, +) >= 62)
            #expect(idle.lostToDeaths == 0 && idle.poisoned == 0 && idle.retried == 0 && idle.timedOut == 0)
        }
    }
}
