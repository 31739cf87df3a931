import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension DyingWorkers {
    /// A worker is ended from outside.
    @Suite struct KilledWorkerTests {
        @Test func `a busy worker killed fails only what ran there, and says everything about it`() async throws {
            let gate = try Gate()
            defer { gate.remove() }
            try await withProcessThreadPool(processes: 2, threadsPerProcess: 1, options: quickOptions()) { pool in
                let victim = try await pool.submit(Hold(gate: gate, number: 1))
                let process = try await victim.runningProcess()
                let others = [
                    try await pool.submit(Hold(gate: gate, number: 2)),
                    try await pool.submit(Hold(gate: gate, number: 3)),
                ]
                #expect(Processes.signal(process, SIGKILL))
                let death = try #require(try await victim.failure() as? WorkerDied)
                #expect(death.processID == process)
                #expect(death.exitStatus == .signaled(SIGKILL, coreDumped: false))
                #expect(death.taskID == victim.id)
                #expect(death.taskType == "SennitTests.Hold")
                #expect(death.attempt == 1)
                #expect(death.neighbours == 0)
                #expect(death.reason == nil)
                for part in ["pid \(process)", "SIGKILL", "SennitTests.Hold", "\(victim.id)", "attempt 1"] {
                    #expect(death.description.contains(part), "\(death)")
                }
                let open = gate.open()
                #expect(try await others[0].value == 2)
                #expect(try await others[1].value == 3)
                #expect(try await pool.run(WhoAmI()) != process)
                withExtendedLifetime(open) {}
            }
        }

        @Test func `an idle worker killed is replaced and nobody notices`() async throws {
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 2, options: quickOptions()) { pool in
                for _ in 0..<5 {
                    let process = try await pool.process()
                    #expect(Processes.signal(process, SIGKILL))
                    #expect(await Processes.areGone([process]))
                    // Most often it is handed to the dead worker, and taken back unstarted.
                    #expect(try await pool.run(WhoAmI()) != process)
                }
                #expect(pool.statistics.lostToDeaths == 0)
                #expect(pool.statistics.workersDied == 5)
            }
        }

        @Test func `tasks that a dead worker had not begun run elsewhere, without being retried`() async throws {
            let gate = try Gate()
            defer { gate.remove() }
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: quickOptions()) { pool in
                let victim = try await pool.submit(Hold(gate: gate))
                let process = try await victim.runningProcess()
                var waiting: [TaskHandle<Int>] = []
                for number in 0..<50 { waiting.append(try await pool.submit(Echo(value: number))) }
                #expect(Processes.signal(process, SIGKILL))
                #expect(try await victim.failure() is WorkerDied)
                for (number, handle) in waiting.enumerated() { #expect(try await handle.value == number) }
                #expect(pool.statistics.retried == 0)
                #expect(pool.statistics.lostToDeaths == 1)
            }
        }

        @Test func `the neighbours of a task share its worker's death, and each says so`() async throws {
            let gate = try Gate()
            defer { gate.remove() }
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 3, options: quickOptions()) { pool in
                var victims: [TaskHandle<Int>] = []
                for number in 0..<3 { victims.append(try await pool.submit(Hold(gate: gate, number: number))) }
                var process: Int32 = 0
                for victim in victims { process = try await victim.runningProcess() }
                #expect(Processes.signal(process, SIGTERM))
                for victim in victims {
                    let death = try #require(try await victim.failure() as? WorkerDied)
                    #expect(death.neighbours == 2)
                    #expect(death.taskID == victim.id)
                    #expect(death.exitStatus.signalName == "SIGTERM")
                    #expect(death.description.contains("beside 2 other tasks"))
                }
            }
        }

        @Test func `an idempotent task survives the death of its worker`() async throws {
            let gate = try Gate()
            defer { gate.remove() }
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: quickOptions()) { pool in
                let task = try await pool.submit(
                    Hold(gate: gate, number: 5), options: TaskOptions(isIdempotent: true))
                #expect(Processes.signal(try await task.runningProcess(), SIGKILL))
                let open = gate.open()
                #expect(try await task.value == 5)
                #expect(pool.statistics.retried == 1)
                withExtendedLifetime(open) {}
            }
        }

        @Test func `a stopped worker with tasks is found by its missing heartbeat`() async throws {
            let gate = try Gate()
            defer { gate.remove() }
            let options = quickOptions {
                $0.heartbeatInterval = .milliseconds(50)
                $0.heartbeatTimeout = .seconds(2)
            }
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: options) { pool in
                let task = try await pool.submit(Hold(gate: gate))
                let process = try await task.runningProcess()
                #expect(Processes.signal(process, SIGSTOP))
                let death = try #require(try await task.failure() as? WorkerDied)
                #expect(death.processID == process)
                #expect(death.exitStatus.signalName == "SIGKILL")
                #expect(death.reason?.contains("sign of life") == true, "\(death)")
                #expect(!Processes.isAlive(process))
                #expect(try await pool.run(WhoAmI()) != process)
            }
        }

        @Test func `a worker stopped while idle is found when it is given work, which is not lost`() async throws {
            let options = quickOptions {
                $0.heartbeatInterval = .milliseconds(50)
                $0.heartbeatTimeout = .seconds(2)
            }
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: options) { pool in
                let process = try await pool.process()
                #expect(Processes.signal(process, SIGSTOP))
                #expect(await eventuallyTrue { ProcessState.of(process) == .stopped })
                #expect(try await pool.run(WhoAmI()) != process)
            }
        }

        @Test func `a worker that is stopped for a moment keeps its task`() async throws {
            let gate = try Gate()
            defer { gate.remove() }
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: quickOptions()) { pool in
                let task = try await pool.submit(Hold(gate: gate, number: 3))
                let process = try await task.runningProcess()
                #expect(Processes.signal(process, SIGSTOP))
                #expect(await eventuallyTrue { ProcessState.of(process) == .stopped })
                #expect(Processes.signal(process, SIGCONT))
                let open = gate.open()
                #expect(try await task.value == 3)
                #expect(try await pool.run(WhoAmI()) == process)
                withExtendedLifetime(open) {}
            }
        }
    }
}
