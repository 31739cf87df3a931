import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Behaviours 79 to 86: the end of a pool.
@Suite(.timeLimit(.minutes(5))) struct ShutdownTests {
    @Test(arguments: [0, 1]) func `79 a pool that is shut down takes nothing more`(processes: Int) async throws {
        let pool = try ProcessThreadPool(processes: processes, threadsPerProcess: 1)
        #expect(try await pool.run(Doubling(number: 1)) == 2)
        await pool.shutDown()
        await expectPoolError(.shutDown) { try await pool.run(Doubling(number: 1)) }
        await expectPoolError(.shutDown) { try await pool.submit(Doubling(number: 1)) }
        await expectPoolError(.shutDown) { for try await _ in pool.map([Doubling(number: 1)]) {} }
        var outcomes: [Result<Int, any Error>] = []
        for await (_, result) in pool.mapAsCompleted([Doubling(number: 1)]) { outcomes.append(result) }
        #expect(outcomes.count == 1)
        await expectPoolError(.shutDown) { try outcomes.first?.get() }
        for await _ in pool.events { Issue.record("nothing happens any more") }
    }

    @Test(arguments: [0, 2]) func `80 finishing runs what is queued and what runs`(processes: Int) async throws {
        let gate = try TaskGate()
        let pool = try ProcessThreadPool(processes: processes, threadsPerProcess: 1)
        let running = try await pool.occupy(gate, threads: max(1, processes))
        var queued: [TaskHandle<Int>] = []
        for number in 0..<40 { queued.append(try await pool.submit(Doubling(number: number))) }
        let ending = Task { await pool.shutDown(.finishPending) }
        while await pool.accepts() {}
        #expect(running.allSatisfy { $0.state == .running })
        gate.open()
        await ending.value
        #expect((running.map(\.state) + queued.map(\.state)).allSatisfy { $0 == .succeeded })
        #expect(pool.statistics.liveWorkers == 0)
    }

    @Test(arguments: [0, 2]) func `80 cancelling drops what is queued and nothing else`(processes: Int) async throws {
        let gate = try TaskGate()
        let scratch = try ScratchDirectory()
        let pool = try ProcessThreadPool(processes: processes, threadsPerProcess: 1)
        let running = try await pool.occupy(gate, threads: max(1, processes))
        var queued: [TaskHandle<Int>] = []
        for _ in 0..<40 { queued.append(try await pool.submit(Marking(path: scratch.marksPath, line: "ran"))) }
        let ending = Task { await pool.shutDown(.cancelPending) }
        for handle in queued { await #expect(throws: CancellationError.self) { try await handle.value } }
        #expect(running.allSatisfy { $0.state == .running })
        gate.open()
        await ending.value
        #expect(running.allSatisfy { $0.state == .succeeded })
        #expect(scratch.marks == [])
    }

    @Test func `81 a shutdown that nobody waits for ends the workers all the same`() async throws {
        let gate = try TaskGate()
        let pool = try ProcessThreadPool(processes: 2, threadsPerProcess: 1)
        let running = try await pool.occupy(gate, threads: 2)
        let processes = pool.statistics.processIDs.compactMap { $0 }
        let events = pool.events
        Task { await pool.shutDown() }
        while await pool.accepts() {}
        #expect(processes.allSatisfy { isRunning($0) })
        gate.open()
        for await _ in events {}
        #expect(running.allSatisfy { $0.state == .succeeded })
        #expect(processes.count == 2 && !processes.contains { isRunning($0) })
    }

    @Test(arguments: [0, 1])
    func `82 a pool may be shut down many times, by many, in different ways`(processes: Int) async throws {
        let gate = try TaskGate()
        let pool = try ProcessThreadPool(processes: processes, threadsPerProcess: 1)
        let running = try await pool.occupy(gate, threads: 1)[0]
        let queued = try await pool.submit(Doubling(number: 1))
        running.onEnd { _ in Task { await pool.shutDown() } }
        await withTaskGroup { group in
            for _ in 0..<5 { group.addTask { await pool.shutDown(.finishPending) } }
            while await pool.accepts() {}
            // From finishing to cancelling.
            group.addTask { await pool.shutDown(.cancelPending) }
            group.addTask {
                _ = await queued.result
                gate.open()
            }
        }
        #expect(queued.state == .cancelled)
        #expect(running.state == .succeeded)
        await pool.shutDown()
        await pool.kill()
    }

    @Test(arguments: [0, 1]) func `82 a shutdown with a time limit kills what is left`(processes: Int) async throws {
        let gate = try TaskGate()
        let pool = try ProcessThreadPool(processes: processes, threadsPerProcess: 1)
        let running = try await pool.occupy(gate, threads: 1)[0]
        await pool.shutDown(within: .milliseconds(20))
        await expectPoolError(.shutDown) { try await running.value }
        #expect(pool.statistics.liveWorkers == 0)
        gate.open()
    }

    @Test(arguments: [0, 1])
    func `82 cancelling whoever waits for a shutdown kills what is left`(processes: Int) async throws {
        let gate = try TaskGate()
        let pool = try ProcessThreadPool(processes: processes, threadsPerProcess: 1)
        let running = try await pool.occupy(gate, threads: 1)[0]
        let ending = Task { await pool.shutDown() }
        ending.cancel()
        await ending.value
        await expectPoolError(.shutDown) { try await running.value }
        gate.open()
    }

    @Test func `83 a pool that is dropped ends its workers and gives everything back`() async throws {
        // In a process of its own: what others open and close there would be counted too.
        await #expect(processExitsWith: .success) {
            func use() async throws -> [Int32] {
                let pool = try ProcessThreadPool(processes: 2, threadsPerProcess: 2)
                try await pool.start()
                for try await _ in pool.map((0..<50).map(Doubling.init)) {}
                let gate = try TaskGate()
                _ = try await pool.occupy(gate, threads: 3)
                return pool.statistics.processIDs.compactMap { $0 }
            }
            let before = OpenDescriptors.now().count
            for _ in 0..<6 {
                let processes = try await use()
                try await settle { processes.contains { isRunning($0) } }
                #expect(processes.count == 2)
            }
            // What the first pool opens once for all of them stays; one of each pool would be more than that.
            try await settle { !Children.areAllReaped() || OpenDescriptors.now().count > before + 5 }
        }
    }

    @Test func `84 a parent that exits leaves no worker, and does not hang`() async throws {
        let scratch = try ScratchDirectory()
        let path = scratch.marksPath
        await #expect(processExitsWith: .exitCode(7)) { [path = path as String] in
            let pool = try ProcessThreadPool(processes: 2, threadsPerProcess: 1)
            let gate = try TaskGate()
            _ = try await pool.occupy(gate, threads: 2)
            for process in pool.statistics.processIDs { ScratchDirectory.mark("\(process ?? 0)", in: path) }
            exit(7)
        }
        let processes = scratch.marks.compactMap { Int32($0) }
        #expect(processes.count == 2)
        try await settle { processes.contains { isRunning($0) } }
    }

    @Test(arguments: [0, 1])
    func `85 a shutdown after a task that was cancelled at once does not hang`(processes: Int) async throws {
        for _ in 0..<10 {
            let pool = try ProcessThreadPool(processes: processes, threadsPerProcess: 1)
            let handle = try await pool.submit(Doubling(number: 1))
            handle.cancel()
            await pool.shutDown()
            #expect(handle.state.isFinal)
        }
    }

    @Test(arguments: [0, 1])
    func `86 the end of the scope finishes what is pending, an error cancels it`(processes: Int) async throws {
        let scratch = try ScratchDirectory()
        let finished = try await withProcessThreadPool(processes: processes, threadsPerProcess: 1) { pool in
            var handles: [TaskHandle<Int>] = []
            for number in 0..<20 { handles.append(try await pool.submit(Doubling(number: number))) }
            return handles
        }
        #expect(finished.allSatisfy { $0.state == .succeeded })
        #expect(try await finished[19].value == 38, "a handle outlives its pool")

        let left = Recorder<TaskHandle<Int>>()
        await #expect(throws: BehaviourError(code: 3)) {
            try await withProcessThreadPool(processes: processes, threadsPerProcess: 1) { pool in
                for _ in 0..<4 { left.record(try await pool.submit(SpinningUntilCancelled(marks: scratch.marksPath))) }
                await left.values[0].hasBegun()
                throw BehaviourError(code: 3)
            }
        }
        #expect(left.values.map(\.state) == Array(repeating: .cancelled, count: 4))
        #expect(scratch.marks == ["cancelled"])
    }

    @Test(arguments: [0, 1]) func `86 cancelling the scope's task cancels what runs in it`(processes: Int) async throws
    {
        let scratch = try ScratchDirectory()
        let handles = Recorder<TaskHandle<Int>>()
        let scope = Task {
            try await withProcessThreadPool(processes: processes, threadsPerProcess: 1) { pool in
                let handle = try await pool.submit(SpinningUntilCancelled(marks: scratch.marksPath))
                await handle.hasBegun()
                handles.record(handle)
                _ = try await handle.value
            }
        }
        let handle = await handles.values(1)[0]
        scope.cancel()
        await #expect(throws: CancellationError.self) { try await scope.value }
        #expect(handle.state == .cancelled)
        #expect(scratch.marks == ["cancelled"])
    }
}

extension ProcessThreadPool where Context == NoContext {
    /// Whether the pool still takes tasks; asking costs one that is cancelled at once.
    fileprivate func accepts() async -> Bool {
        guard let handle = try? await submit(Doubling(number: 0)) else { return false }
        handle.cancel()
        await Task.yield()
        return true
    }
}

/// Waits until something is no longer so, which nobody announces.
func settle(_ isPending: () -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(20)
    while isPending() {
        guard ContinuousClock.now < end else { throw TestFailure("it is still so") }
        // The system gives no sign when another process's child is gone.
        try await Task.sleep(for: .milliseconds(2))
    }
}
