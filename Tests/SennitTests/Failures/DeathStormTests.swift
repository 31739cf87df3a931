import Sennit
import SennitTesting
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension DyingWorkers {
    /// Many deaths at random moments.
    @Suite struct DeathStormTests {
        /// Kills workers at random until it is cancelled or has killed enough; gives the number of kills.
        private static func kill(in pool: ProcessThreadPool<NoContext>, seed: UInt64) async -> Int {
            var random = SeededGenerator(seed: seed)
            var kills = 0
            while !Task.isCancelled, kills < 150 {
                // The moment is random by intent: any point of a task's way may be hit.
                try? await Task.sleep(for: .microseconds(random.next() % 30_000))
                guard let process = pool.statistics.processIDs.compactMap({ $0 }).randomElement(using: &random)
                else { continue }
                if Processes.signal(process, random.next() % 4 == 0 ? SIGSEGV : SIGKILL) { kills += 1 }
            }
            return kills
        }

        @Test(arguments: [PoolOptions.StartMethod.spawn, .zygote])
        func `each of 2,000 tasks ends exactly once while workers are killed`(
            method: PoolOptions.StartMethod
        ) async throws {
            let seed = ProcessInfoSeed.value
            let options = quickOptions {
                $0.startMethod = method
                $0.restartDelay = .milliseconds(1)
                $0.maximumRestartDelay = .milliseconds(5)
                $0.poisonThreshold = 1000
                // Some are killed before they are ready.
                $0.startAttempts = 1000
            }
            let pool = try ProcessThreadPool(processes: 4, threadsPerProcess: 2, options: options)
            let killer = Task { await Self.kill(in: pool, seed: seed) }
            let ends = EndCounts(count: 2000)
            var handles: [TaskHandle<Int>] = []
            for number in 0..<2000 {
                let options = TaskOptions(isIdempotent: number % 4 != 0, retries: 1000)
                let handle = try await pool.submit(Work(number: number), options: options)
                handle.onEnd { _ in ends.add(number) }
                handles.append(handle)
            }
            var lost = 0
            for (number, handle) in handles.enumerated() {
                switch await handle.result {
                case .success(let value): #expect(value == number, "seed \(seed)")
                case .failure(let error):
                    lost += 1
                    #expect(error is WorkerDied && number % 4 == 0, "seed \(seed): \(error)")
                }
            }
            killer.cancel()
            let kills = await killer.value
            await pool.shutDown()
            #expect(await eventuallyTrue { ends.total == 2000 }, "seed \(seed)")
            #expect(ends.areAllOne, "seed \(seed)")
            #expect(pool.statistics.completed + lost == 2000, "seed \(seed)")
            #expect(pool.statistics.liveWorkers == 0)
            #expect(kills > 0)
        }
    }
}

/// A moment of work.
private struct Work: PoolTask {
    var number: Int

    func run(in context: NoContext) -> Int {
        // Stands for work, so that deaths find tasks running.
        usleep(500)
        return number
    }
}

private final class EndCounts: Sendable {
    private let counts: Mutex<[Int]>

    init(count: Int) { counts = Mutex([Int](repeating: 0, count: count)) }

    func add(_ number: Int) { counts.withLock { $0[number] += 1 } }
    var total: Int { counts.withLock { $0.reduce(0, +) } }
    var areAllOne: Bool { counts.withLock { $0.allSatisfy { $0 == 1 } } }
}

private enum ProcessInfoSeed {
    /// `SENNIT_SEED`, else another one each time.
    static var value: UInt64 {
        unsafe getenv("SENNIT_SEED").flatMap { unsafe UInt64(String(cString: $0)) } ?? UInt64.random(in: 1...(.max))
    }
}
