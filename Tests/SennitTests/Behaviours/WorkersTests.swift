import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Behaviours 33 to 41: processes and threads.
@Suite(.timeLimit(.minutes(5))) struct WorkersTests {
    @Test(arguments: [(0, 5), (2, 3), (3, 1)])
    func `33 34 as many tasks as there are threads run all at once, each on its own thread`(
        processes: Int, threads: Int
    ) async throws {
        let gate = try TaskGate()
        let all = max(1, processes) * threads
        try await withProcessThreadPool(processes: processes, threadsPerProcess: threads) { pool in
            // Each blocks, so all have begun only if each has a thread of its own.
            let handles = try await pool.occupy(gate, threads: all)
            gate.open()
            var placements: Set<Placement> = []
            for handle in handles { placements.insert(try await handle.value) }
            #expect(placements.count == all)
            #expect(Set(placements.map(\.worker)) == Set(0..<max(1, processes)))
            #expect(placements.allSatisfy { (0..<threads).contains($0.thread) })
        }
    }

    @Test func `35 work is spread evenly over the processes`() async throws {
        var options = PoolOptions()
        options.startup = .eager
        try await withProcessThreadPool(processes: 2, threadsPerProcess: 2, options: options) { pool in
            try await pool.start()
            var share: [Int: Int] = [:]
            for try await place in pool.map((0..<600).map { Burning(number: $0, microseconds: 300) }) {
                share[place.worker, default: 0] += 1
            }
            // 50 % by design; the rest is for a machine whose cores have other things to do.
            let busier = Double(share.values.max() ?? 600) / 600
            #expect(busier <= 0.65)
        }
    }

    @Test func `36 workers start when they are needed, and an idle one is used before`() async throws {
        let gate = try TaskGate()
        try await withProcessThreadPool(processes: 3, threadsPerProcess: 1) { pool in
            #expect(pool.statistics.workersStarted == 0)
            var places: Set<Int32> = []
            for _ in 0..<20 { places.insert(try await pool.run(Locating()).process) }
            #expect(places.count == 1)
            #expect(pool.statistics.workersStarted == 1)
            _ = try await pool.occupy(gate, threads: 2)
            #expect(pool.statistics.workersStarted == 2)
            gate.open()
        }
    }

    @Test(arguments: [1, 3]) func `37 there are never more processes than were asked for`(processes: Int) async throws {
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 2) { pool in
            var places: Set<Int32> = []
            for try await place in pool.map((0..<500).map { Burning(number: $0, microseconds: 50) }) {
                places.insert(place.process)
            }
            #expect(places.count <= processes)
            #expect(!places.contains(getpid()))
            let statistics = pool.statistics
            #expect(statistics.workersStarted <= processes && statistics.liveWorkers <= processes)
            #expect(Set(statistics.processIDs.compactMap { $0 }).isSuperset(of: places))
        }
    }

    @Test func `37 a pool without processes stays in its caller's`() async throws {
        try await withProcessThreadPool(processes: 0, threadsPerProcess: 2) { pool async throws in
            #expect(try await pool.run(Locating()).process == getpid())
            #expect(pool.statistics.liveWorkers == 1)
        }
    }

    @Test func `38 the pool grows and shrinks while tasks run, and keeps healthy workers`() async throws {
        try await withProcessThreadPool(processes: 1, threadsPerProcess: 1) { pool in
            let small = try TaskGate()
            let first = try await pool.occupy(small, threads: 1)[0]
            try pool.resize(processes: 3)
            let large = try TaskGate()
            let others = try await pool.occupy(large, threads: 2)
            #expect(pool.statistics.liveWorkers == 3)
            let kept = try #require(pool.statistics.processIDs.first ?? nil)
            let events = pool.events
            try pool.resize(processes: 1)
            large.open()
            for handle in others { #expect(try await handle.value.process != kept) }
            var ended: Set<Int> = []
            for await case .workerEnded(let worker, _, _, expected: true) in events where ended.count < 2 {
                ended.insert(worker.number)
                if ended.count == 2 { break }
            }
            #expect(ended == [1, 2])
            small.open()
            #expect(try await first.value.process == kept)
            #expect(try await pool.run(Locating()).process == kept)
            #expect(pool.statistics.workersDied == 0)
        }
    }

    @Test(arguments: [0, 1])
    func `39 an idle worker ends, and a later task starts another`(processes: Int) async throws {
        var options = PoolOptions()
        options.idleTimeout = .milliseconds(20)
        // On a busy machine the worker's goodbye may take its time.
        options.stopTimeout = .seconds(240)
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1, options: options) { pool in
            let events = pool.events
            let first = try await pool.run(Locating())
            for await case .workerEnded(_, _, let status, let expected) in events {
                #expect(expected && status == .exited(0))
                break
            }
            #expect(pool.statistics.liveWorkers == 0)
            let second = try await pool.run(Locating())
            #expect((first.process == second.process) == (processes == 0))
            #expect(pool.statistics.workersStarted == 2)
        }
    }

    @Test(arguments: [0, 2]) func `40 many more tasks than there is room for all run`(processes: Int) async throws {
        var options = PoolOptions()
        options.maximumQueuedTasks = 8
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 2, options: options) { pool in
            let sum = try await withThrowingTaskGroup(of: Int.self) { group in
                for start in 0..<40 {
                    group.addTask {
                        var sum = 0
                        for number in 0..<50 { sum += try await pool.run(Doubling(number: start * 50 + number)) }
                        return sum
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(sum == 2000 * 1999)
            #expect(pool.statistics.completed == 2000)
        }
    }

    private struct ThreadName: PoolTask {
        func run(in context: NoContext) throws -> String {
            try String(ProcFile.contents(of: "/proc/thread-self/comm").dropLast())
        }
    }

    @Test(arguments: [0, 1]) func `41 a worker's threads are named after pool and place`(processes: Int) async throws {
        var options = PoolOptions()
        options.name = "mill"
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1, options: options) {
            pool async throws in
            #expect(try await pool.run(ThreadName()) == "mill-0.0")
        }
    }

    @Test(arguments: [0, 1])
    func `41 a worker whose threads are all busy still listens`(processes: Int) async throws {
        let scratch = try ScratchDirectory()
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 2) { pool in
            var handles: [TaskHandle<Int>] = []
            for _ in 0..<2 { handles.append(try await pool.submit(SpinningUntilCancelled(marks: scratch.marksPath))) }
            for handle in handles { await handle.hasBegun() }
            for handle in handles { handle.cancel() }
            for handle in handles { await #expect(throws: CancellationError.self) { try await handle.value } }
            #expect(scratch.marks == ["cancelled", "cancelled"])
            #expect(pool.statistics.workersDied == 0)
        }
    }
}
