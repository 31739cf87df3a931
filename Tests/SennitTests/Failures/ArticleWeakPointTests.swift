import Sennit
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension PoolLives {
    /// The weak points of the design that the executor grew out of, each shown to be absent.
    @Suite struct ArticleWeakPointTests {
        @Test func `1. no process takes more than it can run`() async throws {
            let gate = try Gate()
            defer { gate.remove() }
            try await withProcessThreadPool(processes: 2, threadsPerProcess: 6, options: quickOptions()) { pool in
                try await pool.start()
                var handles: [TaskHandle<Int>] = []
                for number in 0..<12 { handles.append(try await pool.submit(Hold(gate: gate, number: number))) }
                // All twelve run at once only if each process took exactly as many as it has threads.
                var counts: [Int32: Int] = [:]
                for handle in handles { counts[try await handle.runningProcess(), default: 0] += 1 }
                #expect(counts.values.sorted() == [6, 6])
                let open = gate.open()
                for handle in handles { _ = try await handle.value }
                withExtendedLifetime(open) {}
            }
        }

        @Test func `1. short tasks are spread evenly over the processes`() async throws {
            try await withProcessThreadPool(processes: 2, threadsPerProcess: 5, options: quickOptions()) { pool in
                try await pool.start()
                var outputs: [Int] = []
                for try await output in pool.map((0..<500).map { Nap(number: $0) }) { outputs.append(output) }
                #expect(outputs == Array(0..<500))
                let counts = pool.statistics.tasksPerWorker
                // A busy machine may favour one for a while, though never all the time.
                #expect(counts.count == 2 && counts.allSatisfy { $0 > 125 }, "\(counts)")
            }
        }

        @Test func `2. a task that waits can be cancelled, and never runs`() async throws {
            let (gate, tally) = (try Gate(), try Tally())
            defer {
                gate.remove()
                tally.remove()
            }
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: quickOptions()) { pool in
                let running = try await pool.submit(Hold(gate: gate, number: 1))
                _ = try await running.runningProcess()
                var waiting: [TaskHandle<Int>] = []
                for _ in 0..<20 { waiting.append(try await pool.submit(Mark(tally: tally))) }
                for handle in waiting { handle.cancel() }
                for handle in waiting {
                    #expect(try await handle.failure() is CancellationError)
                    #expect(handle.state == .cancelled)
                }
                let open = gate.open()
                #expect(try await running.value == 1)
                #expect(try await pool.run(Echo(value: 2)) == 2)
                #expect(tally.count == 0)
                withExtendedLifetime(open) {}
            }
        }

        @Test func `2. leaving a map early cancels what has not started`() async throws {
            let tally = try Tally()
            defer { tally.remove() }
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: quickOptions()) { pool in
                for try await _ in pool.map((0..<10_000).map { _ in Mark(tally: tally) }, inFlight: 100) { break }
                await pool.shutDown()
                #expect(tally.count < 10_000)
                #expect(pool.statistics.submitted <= 101)
                // What was in flight has run or was cancelled, and nothing more was pulled.
                let statistics = pool.statistics
                #expect(statistics.completed + statistics.cancelled == statistics.submitted)
            }
        }

        @Test func `3. a worker killed while it sends a result holds no lock that others need`() async throws {
            let gate = try Gate()
            defer { gate.remove() }
            let options = quickOptions { $0.sharedMemory = .never }
            try await withProcessThreadPool(processes: 2, threadsPerProcess: 1, options: options) { pool in
                let other = try await pool.submit(Hold(gate: gate, number: 1))
                let bystander = try await other.runningProcess()
                for _ in 0..<5 {
                    let large = try await pool.submit(MakeBytes(count: 16 << 20))
                    var sender: Int32?
                    let isThere = await eventuallyTrue {
                        sender = pool.statistics.processIDs.compactMap { $0 }.first { $0 != bystander }
                        return sender != nil && pool.statistics.readyWorkers == 2
                    }
                    #expect(isThere)
                    Processes.signal(try #require(sender), SIGKILL)
                    if case .failure(let error) = await large.result { #expect(error is WorkerDied) }
                }
                let open = gate.open()
                #expect(try await other.value == 1)
                for number in 0..<20 { #expect(try await pool.run(Echo(value: number)) == number) }
                withExtendedLifetime(open) {}
            }
        }

        @Test func `4. a result that cannot be encoded ends its own task and nothing else`() async throws {
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 2, options: quickOptions()) { pool in
                for round in 0..<20 {
                    let bad = try await pool.submit(MakeTrouble(way: .encodeThrows))
                    let good = try await pool.submit(Echo(value: round))
                    #expect((try await bad.failure() as? PoolError)?.code == .encodingFailed)
                    #expect(try await good.value == round)
                }
            }
        }

        @Test func `5. errors with odd initialisers end their own task and nothing else`() async throws {
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 2, options: quickOptions()) { pool in
                for way in [Throw.Way.oddlyMade, .classBased, .unencodable, .undecodable] {
                    let bad = try await pool.submit(Throw(way: way))
                    let good = try await pool.submit(Echo(value: way.rawValue))
                    #expect(try await bad.failure() is RemoteError)
                    #expect(try await good.value == way.rawValue)
                }
            }
        }

        @Test func `6. a death is noticed without polling and without tasks made for it`() async throws {
            let options = quickOptions {
                // Nothing that looks from time to time is left.
                $0.heartbeatInterval = .seconds(100_000)
            }
            try await withProcessThreadPool(processes: 2, threadsPerProcess: 1, options: options) { pool in
                try await pool.start()
                let events = pool.events
                let process = try await pool.process()
                #expect(Processes.signal(process, SIGKILL))
                for await event in events {
                    guard case .workerEnded(_, let ended, let status, let isExpected) = event else { continue }
                    #expect(ended == process)
                    #expect(status.signalName == "SIGKILL")
                    #expect(!isExpected)
                    break
                }
                #expect(pool.statistics.submitted == 0)
            }
        }

        @Test func `7. one death leaves what waits alone, and the worker is replaced`() async throws {
            try await withProcessThreadPool(processes: 2, threadsPerProcess: 1, options: quickOptions()) { pool in
                var good: [TaskHandle<Int>] = []
                var bad: TaskHandle<Int>?
                for number in 0..<200 {
                    if number == 50 { bad = try await pool.submit(Crash(way: .abort)) }
                    good.append(try await pool.submit(Nap(number: number), options: TaskOptions(isIdempotent: true)))
                }
                for (number, handle) in good.enumerated() { #expect(try await handle.value == number) }
                let crash = try #require(bad)
                let death = try #require(try await crash.failure() as? WorkerDied)
                #expect(death.exitStatus.signalName == "SIGABRT")
                #expect(pool.statistics.workersStarted >= 3)
            }
        }

        @Test func `8. shutdown can cancel what waits`() async throws {
            let gate = try Gate()
            defer { gate.remove() }
            let pool = try ProcessThreadPool(processes: 1, threadsPerProcess: 1, options: quickOptions())
            let running = try await pool.submit(Hold(gate: gate, number: 1))
            _ = try await running.runningProcess()
            let waiting = try await pool.submit(Echo(value: 2))
            let end = Task { await pool.shutDown(.cancelPending) }
            #expect(try await waiting.failure() is CancellationError)
            let open = gate.open()
            #expect(try await running.value == 1)
            await end.value
            withExtendedLifetime(open) {}
        }

        @Test(arguments: [PoolOptions.StartMethod.spawn, .zygote])
        func `8. each thread makes a state of its own, however workers are started`(
            method: PoolOptions.StartMethod
        ) async throws {
            let gate = try Gate()
            defer { gate.remove() }
            let options = quickOptions { $0.startMethod = method }
            try await withProcessThreadPool(
                of: Numbering.self, processes: 1, threadsPerProcess: 4, options: options
            ) { pool in
                var handles: [TaskHandle<Int>] = []
                for _ in 0..<4 { handles.append(try await pool.submit(ReadThreadState(gate: gate))) }
                for handle in handles { for await _ in handle.progress { break } }
                let open = gate.open()
                var numbers: [Int] = []
                for handle in handles { numbers.append(try await handle.value) }
                #expect(numbers.sorted() == [1, 2, 3, 4])
                withExtendedLifetime(open) {}
            }
        }

        @Test func `9. a chunk's tasks run side by side`() async throws {
            let (gate, tally) = (try Gate(), try Tally())
            defer {
                gate.remove()
                tally.remove()
            }
            try await withProcessThreadPool(processes: 2, threadsPerProcess: 5, options: quickOptions()) { pool in
                let outputs = pool.map((0..<10).map { Meet(gate: gate, tally: tally, number: $0) }, chunkSize: 10)
                let opening = Task {
                    // None gets through before all ten are there.
                    let haveMet = await eventuallyTrue(within: 30) { tally.count == 10 }
                    return (haveMet, gate.open())
                }
                var numbers: [Int] = []
                for try await number in outputs { numbers.append(number) }
                #expect(numbers == Array(0..<10))
                let (haveMet, open) = await opening.value
                #expect(haveMet)
                withExtendedLifetime(open) {}
            }
        }
    }
}

/// Two milliseconds of waiting.
private struct Nap: PoolTask {
    var number: Int

    func run(in context: NoContext) -> Int {
        // The work is to wait, as for a server.
        usleep(2000)
        return number
    }
}

/// Leaves a mark that it ran.
private struct Mark: PoolTask {
    var tally: Tally

    func run(in context: NoContext) -> Int {
        tally.add()
        return 0
    }
}

/// Says that it is there, and waits for all others.
private struct Meet: PoolTask {
    var gate: Gate
    var tally: Tally
    var number: Int

    func run(in context: NoContext) -> Int {
        tally.add()
        gate.pass()
        return number
    }
}

/// Numbers its threads.
private final class Numbering: WorkerContext {
    private let last = Atomic<Int>(0)

    init(_ configuration: NoConfiguration) async throws {}

    func makeThreadState() async throws -> Int { last.add(1, ordering: .relaxed).newValue }
}

private struct ReadThreadState: PoolTask {
    var gate: Gate

    func run(in context: Numbering) throws -> Int {
        TaskContext.current?.reportProcess()
        gate.pass()
        return try context.threadState()
    }
}
