import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension MisbehavingTasks {
    /// Tasks that run longer than they may, or longer than anybody wants them.
    @Suite struct OverdueTaskTests {
        @Test(arguments: Hang.Way.allCases)
        func `a task that never ends is ended with its worker when its time is up`(way: Hang.Way) async throws {
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: quickOptions()) { pool in
                let start = ContinuousClock.now
                let task = try await pool.submit(Hang(way: way), options: TaskOptions(timeout: .seconds(1)))
                let process = try await task.runningProcess()
                let error = try #require(try await task.failure() as? TaskTimedOut)
                let elapsed = ContinuousClock.now - start
                #expect(error.limit == .timeout(.seconds(1)))
                #expect(error.taskID == task.id)
                #expect(error.taskType == "SennitTests.Hang")
                #expect(error.hadStarted)
                #expect("\(error)".contains("SennitTests.Hang \(task.id)"))
                // A busy machine is late as it likes; early would be wrong.
                #expect(elapsed >= .seconds(1))
                #expect(try await pool.run(WhoAmI()) != process)
                #expect(await Processes.areGone([process]))
                #expect(pool.statistics.timedOut == 1)
                #expect(pool.statistics.workersDied == 0)
            }
        }

        @Test func `a task that notices its cancellation keeps its worker`() async throws {
            let options = quickOptions { $0.cancellationAllowance = .seconds(20) }
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: options) { pool in
                let task = try await pool.submit(Cooperate(), options: TaskOptions(timeout: .milliseconds(800)))
                let process = try await task.runningProcess()
                #expect(try await task.failure() is TaskTimedOut)
                #expect(try await pool.run(WhoAmI()) == process)
            }
        }

        @Test func `neighbours of an overdue task are let finish within the grace period`() async throws {
            let gate = try Gate()
            defer { gate.remove() }
            let options = quickOptions { $0.gracePeriod = .seconds(30) }
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 2, options: options) { pool in
                let neighbour = try await pool.submit(Hold(gate: gate, number: 4))
                let process = try await neighbour.runningProcess()
                let events = pool.events
                let hanging = try await pool.submit(Hang(), options: TaskOptions(timeout: .milliseconds(800)))
                // Its caller is told at once, though its worker lives on for the neighbour.
                #expect(try await hanging.failure() is TaskTimedOut)
                // The overdue task had a moment to notice its cancellation; now the worker takes nothing more.
                for await case .workerDraining in events { break }
                #expect(Processes.isAlive(process))
                let open = gate.open()
                #expect(try await neighbour.value == 4)
                #expect(try await pool.run(WhoAmI()) != process)
                #expect(await Processes.areGone([process]))
                #expect(pool.statistics.retried == 0)
                withExtendedLifetime(open) {}
            }
        }

        @Test func `after the grace period idempotent neighbours are retried and others told why`() async throws {
            let gate = try Gate()
            let tally = try Tally()
            defer {
                gate.remove()
                tally.remove()
            }
            let options = quickOptions { $0.gracePeriod = .seconds(1) }
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 3, options: options) { pool in
                let patient = try await pool.submit(
                    Hold(gate: gate, number: 1), options: TaskOptions(isIdempotent: true))
                let single = try await pool.submit(Hold(gate: gate, number: 2))
                let process = try await single.runningProcess()
                #expect(try await patient.runningProcess() == process)
                patient.onEnd { _ in tally.add() }
                let hanging = try await pool.submit(Hang(), options: TaskOptions(timeout: .milliseconds(800)))
                #expect(try await hanging.failure() is TaskTimedOut)
                let death = try #require(try await single.failure() as? WorkerDied)
                #expect(death.processID == process)
                #expect(death.reason?.contains("task \(hanging.id) ran longer than it may") == true, "\(death)")
                #expect(death.neighbours == 2)
                let open = gate.open()
                #expect(try await patient.value == 1)
                #expect(await eventuallyTrue { tally.count == 1 })
                #expect(patient.latestProgress?.message == "attempt 2")
                #expect(pool.statistics.retried == 1)
                withExtendedLifetime(open) {}
            }
            #expect(tally.count == 1)
        }

        @Test func `a deadline ends a task that waits and one that runs`() async throws {
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: quickOptions()) { pool in
                let deadline = ContinuousClock.now + .seconds(4)
                let running = try await pool.submit(Hang(), options: TaskOptions(deadline: deadline))
                let process = try await running.runningProcess()
                let waiting = try await pool.submit(Echo(value: 1), options: TaskOptions(deadline: deadline))
                let first = try #require(try await running.failure() as? TaskTimedOut)
                let second = try #require(try await waiting.failure() as? TaskTimedOut)
                #expect(first.limit == .deadline && first.hadStarted)
                #expect(second.limit == .deadline && !second.hadStarted)
                #expect(ContinuousClock.now >= deadline)
                let late = try await pool.failureToSubmit(Echo(value: 1), TaskOptions(deadline: deadline))
                #expect((late as? TaskTimedOut)?.taskID == nil)
                #expect(try await pool.run(WhoAmI()) != process)
            }
        }

        @Test func `a killed handle ends its task at once, and its neighbour keeps its grace`() async throws {
            let gate = try Gate()
            defer { gate.remove() }
            let options = quickOptions { $0.gracePeriod = .seconds(30) }
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 2, options: options) { pool in
                let neighbour = try await pool.submit(Hold(gate: gate, number: 6))
                let process = try await neighbour.runningProcess()
                let hanging = try await pool.submit(Hang())
                #expect(try await hanging.runningProcess() == process)
                hanging.kill()
                #expect(try await hanging.failure() is CancellationError)
                let open = gate.open()
                #expect(try await neighbour.value == 6)
                #expect(await Processes.areGone([process]))
                withExtendedLifetime(open) {}
            }
        }

        @Test func `a cancelled task that does not care is ended after the time it was given`() async throws {
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: quickOptions()) { pool in
                let options = TaskOptions(cancellation: .killAfter(.milliseconds(800)))
                let hanging = try await pool.submit(Hang(way: .spin), options: options)
                let process = try await hanging.runningProcess()
                hanging.cancel()
                #expect(try await hanging.failure() is CancellationError)
                #expect(await Processes.areGone([process]))
                #expect(try await pool.run(WhoAmI()) != process)
            }
        }
    }
}
