import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension DyingWorkers {
    /// What a pool makes of deaths: retries, poison, failing as a whole, and patience.
    @Suite struct DeathPolicyTests {
        @Test func `a poison task among twenty good ones harms none of them`() async throws {
            try await withProcessThreadPool(processes: 2, threadsPerProcess: 2, options: quickOptions()) { pool in
                let idempotent = TaskOptions(isIdempotent: true, retries: 10)
                var good: [TaskHandle<Int>] = []
                for number in 0..<10 { good.append(try await pool.submit(Echo(value: number), options: idempotent)) }
                let poison = try await pool.submit(Crash(way: .abort, words: "I am the poison\n"), options: idempotent)
                for number in 10..<20 { good.append(try await pool.submit(Echo(value: number), options: idempotent)) }
                for (number, handle) in good.enumerated() { #expect(try await handle.value == number) }
                let error = try #require(try await poison.failure() as? PoisonedTask)
                #expect(error.deaths == 3)
                #expect(error.taskID == poison.id)
                #expect(error.taskType == "SennitTests.Crash")
                #expect(error.lastDeath.exitStatus.signalName == "SIGABRT")
                #expect(error.lastDeath.neighbours == 0)
                #expect(error.lastDeath.standardErrorTail.contains("I am the poison"))
                #expect("\(error)".contains("has killed 3 workers") && "\(error)".contains("SIGABRT"))
                #expect(pool.statistics.poisoned == 1)
            }
        }

        @Test func `an innocent task beside a poison one is not taken for it`() async throws {
            let gate = try Gate()
            defer { gate.remove() }
            let options = quickOptions { $0.poisonThreshold = 2 }
            // Either is tried alone after their common death, and the innocent one takes its time.
            try await withProcessThreadPool(processes: 2, threadsPerProcess: 2, options: options) { pool in
                let idempotent = TaskOptions(isIdempotent: true, retries: 10)
                let innocent = try await pool.submit(Hold(gate: gate, number: 8), options: idempotent)
                _ = try await innocent.runningProcess()
                let poison = try await pool.submit(Crash(), options: idempotent)
                #expect(try await poison.failure() is PoisonedTask)
                let open = gate.open()
                #expect(try await innocent.value == 8)
                withExtendedLifetime(open) {}
            }
        }

        @Test func `retries end, and the last death is reported`() async throws {
            let options = quickOptions { $0.poisonThreshold = 100 }
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: options) { pool in
                let task = try await pool.submit(
                    Crash(way: .quickExit3), options: TaskOptions(isIdempotent: true, retries: 2))
                let death = try #require(try await task.failure() as? WorkerDied)
                #expect(death.attempt == 3)
                #expect(death.exitStatus == .exited(3))
                #expect("\(death)".contains("attempt 3"))
                #expect(pool.statistics.retried == 2)
                #expect(pool.statistics.workersDied == 3)
            }
        }

        @Test func `a task that gets better is retried until it does`() async throws {
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: quickOptions()) { pool in
                let attempt = try await pool.run(CrashUntil(attempt: 3))
                #expect(attempt == 3)
            }
        }

        @Test func `with failPool one death fails everything that has not ended, and what comes later`() async throws {
            let gate = try Gate()
            defer { gate.remove() }
            let options = quickOptions { $0.onWorkerDeath = .failPool }
            try await withProcessThreadPool(processes: 2, threadsPerProcess: 1, options: options) { pool in
                let done = try await pool.submit(Echo(value: 1))
                #expect(try await done.value == 1)
                let victim = try await pool.submit(Hold(gate: gate))
                let process = try await victim.runningProcess()
                var others: [TaskHandle<Int>] = []
                for _ in 0..<5 { others.append(try await pool.submit(Hold(gate: gate))) }
                #expect(Processes.signal(process, SIGKILL))
                let death = try #require(try await victim.failure() as? WorkerDied)
                #expect(death.processID == process)
                for other in others { #expect(try await other.failure().namesProcess(process)) }
                let refusal = try #require(try await pool.failureToSubmit(Echo(value: 2)) as? PoolError)
                #expect(refusal.code == .poolFailed)
                #expect("\(refusal)".contains("\(process)"))
                #expect(try await done.value == 1)
            }
        }

        @Test func `a storm of deaths does not become a storm of starts`() async throws {
            let options = quickOptions {
                $0.restartDelay = .milliseconds(100)
                $0.maximumRestartDelay = .seconds(30)
            }
            let pool = try ProcessThreadPool(processes: 1, threadsPerProcess: 1, options: options)
            let begin = ContinuousClock.now
            let events = pool.events
            var crashes: [TaskHandle<Int>] = []
            for _ in 0..<40 { crashes.append(try await pool.submit(Crash())) }
            var starts = 0
            for await case .workerStarting in events {
                starts += 1
                if starts == 5 { break }
            }
            // They come at 0, 0, 100, 300 and 700 ms; later on a busy machine, but never earlier.
            #expect(ContinuousClock.now - begin >= .milliseconds(700))
            await pool.kill()
            for crash in crashes { _ = try await crash.failure() }
        }
    }
}

extension Error {
    /// Whether the error says that this process died.
    fileprivate func namesProcess(_ process: Int32) -> Bool {
        (self as? WorkerDied)?.processID == process || "\(self)".contains("\(process)")
    }
}
