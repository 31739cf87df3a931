import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension MisbehavingTasks {
    /// What a task leaves behind in its process: a thread that crashes later, a signal that is ignored.
    @Suite struct LateCrashTests {
        @Test func `a crash after a task's end is its worker's, and no later task's`() async throws {
            let gate = try Gate()
            defer { gate.remove() }
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: quickOptions()) { pool in
                let events = pool.events
                let process = try await pool.run(LeaveCrashBehind(gate: gate))
                let open = gate.open()
                for await event in events {
                    guard case .workerEnded(_, _, let status, let expected) = event else { continue }
                    #expect(status == .exited(6) && !expected)
                    break
                }
                #expect(try await pool.run(WhoAmI()) != process)
                #expect(pool.statistics.lostToDeaths == 0)
                #expect(pool.statistics.completed == 2)
                withExtendedLifetime(open) {}
            }
        }

        @Test func `a worker that ignores SIGTERM is ended all the same`() async throws {
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: quickOptions()) { pool in
                let task = try await pool.submit(IgnoreTermination(), options: TaskOptions(timeout: .milliseconds(50)))
                let process = try await task.runningProcess()
                #expect(try await task.failure() is TaskTimedOut)
                #expect(await Processes.areGone([process]))
                #expect(try await pool.run(WhoAmI()) != process)
            }
        }
    }
}

/// Ends well, and leaves a thread that ends the process when the gate opens.
private struct LeaveCrashBehind: PoolTask {
    var gate: Gate

    func run(in context: NoContext) throws -> Int32 {
        let gate = gate
        try SystemThread.start(name: "late", stackBytes: 65_536) {
            gate.pass()
            _exit(6)
        }
        return getpid()
    }
}

/// Says where it runs, and stays, whatever it is asked.
private struct IgnoreTermination: PoolTask {
    func run(in context: NoContext) -> Int {
        signal(SIGTERM, SIG_IGN)
        TaskContext.current?.reportProcess()
        while true { pause() }
    }
}
