import Sennit
import Testing

/// Behaviours 76 and 78: workers that have had their number of tasks.
///
/// Growth (77) is in `RecyclingTests`.
@Suite(.timeLimit(.minutes(5))) struct ReplacementTests {
    private func options(_ count: Int) -> PoolOptions {
        var options = PoolOptions()
        options.maxTasksPerWorker = count
        return options
    }

    @Test(arguments: [1, 3])
    func `76 a worker is replaced after its number of tasks, one by one and with a backlog`(
        limit: Int
    ) async throws {
        try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: options(limit)) { pool in
            var runs: [Int32: Int] = [:]
            for _ in 0..<(2 * limit) { runs[try await pool.run(Locating()).process, default: 0] += 1 }
            for try await place in pool.map((0..<(3 * limit)).map { _ in Locating() }) {
                runs[place.process, default: 0] += 1
            }
            #expect(runs.count == 5)
            #expect(runs.values.allSatisfy { $0 == limit })
            #expect(pool.statistics.workersDied == 0 && pool.statistics.lostToDeaths == 0)
        }
    }

    @Test(arguments: [0, 2]) func `76 no task is lost between replacements`(processes: Int) async throws {
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 2, options: options(10)) { pool in
            var sum = 0
            for try await number in pool.map((0..<200).map(Doubling.init)) { sum += number }
            #expect(sum == 200 * 199)
            #expect(pool.statistics.workersStarted >= 20)
        }
    }

    @Test func `76 a pool shut down between replacements runs what is left`() async throws {
        let pool = try ProcessThreadPool(processes: 1, threadsPerProcess: 1, options: options(2))
        var handles: [TaskHandle<Int>] = []
        for number in 0..<9 { handles.append(try await pool.submit(Doubling(number: number))) }
        await pool.shutDown()
        for (number, handle) in handles.enumerated() { #expect(try await handle.value == 2 * number) }
        #expect(pool.statistics.workersStarted == 5 && pool.statistics.liveWorkers == 0)
    }

    @Test func `76 a pool dropped between replacements ends its workers`() async throws {
        var pool: ProcessThreadPool<NoContext>? = try ProcessThreadPool(
            processes: 1, threadsPerProcess: 1, options: options(1))
        let events = try #require(pool?.events)
        var process: Int32 = 0
        for _ in 0..<3 { process = try #require(await pool?.run(Locating())).process }
        pool = nil
        var isTerminated = false
        for await event in events { if case .terminated = event { isTerminated = true } }
        #expect(isTerminated)
        #expect(!isRunning(process))
    }

    @Test func `78 workers are not all replaced at once`() async throws {
        var limits = EngineLimits()
        for (maximum, spread) in [(1, 0), (15, 0), (16, 1), (160, 10), (1_000_000, 62_500)] {
            limits.maximumTasksPerWorker = maximum
            let counts = (0..<32).map { limits.taskLimit(ofPlace: $0) }
            #expect(counts.allSatisfy { ((maximum - spread)...maximum).contains($0) })
            #expect(Set(counts).count >= min(spread + 1, 11))
            #expect(spread == 0 || zip(counts, counts.dropFirst()).contains { $0 != $1 })
        }
        limits.maximumTasksPerWorker = .max
        #expect((0..<32).allSatisfy { limits.taskLimit(ofPlace: $0) > .max / 2 })
    }

    @Test func `78 neighbours end after different numbers of tasks`() async throws {
        try await withProcessThreadPool(processes: 2, threadsPerProcess: 1, options: options(32)) { pool in
            try await pool.start()
            let first = pool.statistics.processIDs
            var runs: [Int32: Int] = [:]
            for try await place in pool.map((0..<120).map { Burning(number: $0, microseconds: 50) }) {
                runs[place.process, default: 0] += 1
            }
            #expect(runs[try #require(first[0])] == 32)
            #expect(runs[try #require(first[1])] == 31)
        }
    }
}
