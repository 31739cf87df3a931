import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension PoolLives {
    /// Deaths and hangs while a pool ends or changes its size.
    @Suite struct ShutdownFailureTests {
        @Test func `nothing is accepted after shutdown, and what was accepted is finished`() async throws {
            let gate = try Gate()
            defer { gate.remove() }
            let pool = try ProcessThreadPool(processes: 1, threadsPerProcess: 1, options: quickOptions())
            let running = try await pool.submit(Hold(gate: gate, number: 1))
            let process = try await running.runningProcess()
            let waiting = try await pool.submit(Echo(value: 2))
            let end = Task { await pool.shutDown() }
            var refusal: (any Error)?
            while refusal == nil {
                // The shutdown begins in another task, at some moment.
                do { try await pool.submit(Echo(value: 0)).cancel() } catch { refusal = error }
                await Task.yield()
            }
            #expect((refusal as? PoolError)?.code == .shutDown)
            let open = gate.open()
            #expect(try await running.value == 1)
            #expect(try await waiting.value == 2)
            await end.value
            #expect(await Processes.areGone([process], within: 1))
            withExtendedLifetime(open) {}
        }

        @Test func `shutdown from several tasks, twice each, ends once and lets all go on`() async throws {
            let pool = try ProcessThreadPool(processes: 2, threadsPerProcess: 2, options: quickOptions())
            try await pool.start()
            let processes = pool.statistics.processIDs.compactMap { $0 }
            await withDiscardingTaskGroup { group in
                for number in 0..<8 {
                    group.addTask {
                        await pool.shutDown(number % 2 == 0 ? .finishPending : .cancelPending)
                        await pool.shutDown()
                    }
                }
            }
            #expect(!processes.contains(where: Processes.isAlive))
            #expect(pool.statistics.liveWorkers == 0)
            await pool.kill()
        }

        @Test func `a worker killed while the pool finishes loses its task and holds up nothing`() async throws {
            let gate = try Gate()
            defer { gate.remove() }
            let pool = try ProcessThreadPool(processes: 1, threadsPerProcess: 1, options: quickOptions())
            let running = try await pool.submit(Hold(gate: gate))
            let process = try await running.runningProcess()
            let waiting = try await pool.submit(Echo(value: 3))
            let end = Task { await pool.shutDown() }
            #expect(Processes.signal(process, SIGKILL))
            #expect(try await running.failure() is WorkerDied)
            #expect(try await waiting.value == 3)
            await end.value
            #expect(pool.statistics.liveWorkers == 0)
        }

        @Test func `a context that never ends is killed after stopTimeout`() async throws {
            let tally = try Tally()
            defer { tally.remove() }
            let pool = try ProcessThreadPool(
                of: FailingContext.self, configuration: .init(way: .endingHangs, starts: tally, gate: nil),
                processes: 1, threadsPerProcess: 1, options: quickOptions { $0.stopTimeout = .milliseconds(100) })
            let process = try await pool.run(WhoAmI())
            await pool.shutDown()
            #expect(await Processes.areGone([process], within: 1))
        }

        @Test func `a worker killed while its context ends is gone as well`() async throws {
            let (tally, gate) = (try Tally(), try Gate())
            defer {
                tally.remove()
                gate.remove()
            }
            let options = quickOptions { $0.stopTimeout = .seconds(1000) }
            let pool = try ProcessThreadPool(
                of: FailingContext.self, configuration: .init(way: .endingWaits, starts: tally, gate: gate),
                processes: 1, threadsPerProcess: 1, options: options)
            let process = try await pool.run(WhoAmI())
            let end = Task { await pool.shutDown() }
            #expect(await eventuallyTrue { tally.marks == "xe" })
            #expect(Processes.signal(process, SIGKILL))
            await end.value
            #expect(pool.statistics.liveWorkers == 0)
        }

        @Test func `shutdown with a limit kills what runs longer`() async throws {
            let pool = try ProcessThreadPool(processes: 1, threadsPerProcess: 1, options: quickOptions())
            let hanging = try await pool.submit(Hang(way: .spin))
            let process = try await hanging.runningProcess()
            await pool.shutDown(.cancelPending, within: .milliseconds(50))
            #expect((try await hanging.failure() as? PoolError)?.code == .shutDown)
            #expect(await Processes.areGone([process]))
        }

        @Test func `a pool that is dropped ends its workers`() async throws {
            var pool: ProcessThreadPool? = try ProcessThreadPool(
                processes: 2, threadsPerProcess: 1, options: quickOptions())
            try await pool?.start()
            let processes = try #require(pool).statistics.processIDs.compactMap { $0 }
            #expect(processes.count == 2)
            pool = nil
            #expect(await Processes.areGone(processes))
            // Reaped, too: none is left as a zombie.
            #expect(await eventuallyTrue { processes.allSatisfy { ProcessState.of($0) == nil } })
        }

        @Test func `a task outlives the pool's own reference while somebody has its handle`() async throws {
            let gate = try Gate()
            defer { gate.remove() }
            var pool: ProcessThreadPool? = try ProcessThreadPool(
                processes: 1, threadsPerProcess: 1, options: quickOptions())
            var handle = try await pool?.submit(Hold(gate: gate, number: 9))
            let process = try await #require(handle).runningProcess()
            pool = nil
            #expect(Processes.isAlive(process))
            let open = gate.open()
            #expect(try await handle?.value == 9)
            handle = nil
            #expect(await Processes.areGone([process]))
            withExtendedLifetime(open) {}
        }

        @Test func `a worker killed while the pool shrinks, and one while it grows`() async throws {
            let gate = try Gate()
            defer { gate.remove() }
            try await withProcessThreadPool(processes: 3, threadsPerProcess: 1, options: quickOptions()) { pool in
                try await pool.start()
                var held: [TaskHandle<Int>] = []
                var processes: [Int32] = []
                for number in 0..<3 {
                    held.append(try await pool.submit(Hold(gate: gate, number: number)))
                    processes.append(try await held[number].runningProcess())
                }
                try pool.resize(processes: 1)
                // One that is to go, one that is to stay.
                let last = try #require(pool.statistics.processIDs[2])
                let first = try #require(pool.statistics.processIDs[0])
                #expect(Processes.signal(last, SIGKILL) && Processes.signal(first, SIGKILL))
                let open = gate.open()
                for number in 0..<3 {
                    if processes[number] == last || processes[number] == first {
                        #expect(try await held[number].failure() is WorkerDied)
                    } else {
                        #expect(try await held[number].value == number)
                    }
                }
                #expect(await Processes.areGone(processes))
                try pool.resize(processes: 3)
                for process in pool.statistics.processIDs.compactMap({ $0 }) { Processes.signal(process, SIGKILL) }
                for number in 0..<20 {
                    let answer = try await pool.run(Echo(value: number), options: TaskOptions(isIdempotent: true))
                    #expect(answer == number)
                }
                withExtendedLifetime(open) {}
            }
        }
    }
}
