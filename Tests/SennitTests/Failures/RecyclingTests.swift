import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension MisbehavingTasks {
    /// Workers that have grown too large, or have done enough.
    @Suite struct RecyclingTests {
        @Test func `a leaking worker is replaced and no task is lost`() async throws {
            let megabyte = 1 << 20
            let options = quickOptions { $0.maxMemoryPerWorker = 120 * megabyte }
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: options) { pool in
                var processes: [Int32] = []
                // Bounded, so that a pool that does not look cannot fill the machine: 60 x 16 MB at most.
                while Set(processes).count < 2, processes.count < 60 {
                    processes.append(try await pool.run(Leak(byteCount: 16 * megabyte)))
                }
                #expect(Set(processes).count == 2)
                #expect(await Processes.areGone([processes[0]]))
                #expect(pool.statistics.completed == processes.count)
                #expect(pool.statistics.workersDied == 0)
                #expect(pool.statistics.lostToDeaths == 0)
            }
        }

        @Test(arguments: [1, 3])
        func `a worker is replaced after its number of tasks`(limit: Int) async throws {
            let options = quickOptions { $0.maxTasksPerWorker = limit }
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 2, options: options) { pool in
                // All at once, so that there is always a backlog.
                var handles: [TaskHandle<Int32>] = []
                for _ in 0..<12 { handles.append(try await pool.submit(WhoAmI())) }
                var counts: [Int32: Int] = [:]
                for handle in handles { counts[try await handle.value, default: 0] += 1 }
                #expect(counts.count == 12 / limit)
                #expect(counts.values.allSatisfy { $0 == limit })
                #expect(pool.statistics.workersDied == 0)
                #expect(pool.statistics.completed == 12)
            }
        }

        @Test func `workers that are replaced while they are killed lose only what ran`() async throws {
            let options = quickOptions { $0.maxTasksPerWorker = 2 }
            try await withProcessThreadPool(processes: 2, threadsPerProcess: 1, options: options) { pool in
                var handles: [TaskHandle<Int>] = []
                for number in 0..<60 {
                    let idempotent = TaskOptions(isIdempotent: true, retries: 50)
                    handles.append(try await pool.submit(Echo(value: number), options: idempotent))
                    if number % 10 == 0, let process = pool.statistics.processIDs.compactMap({ $0 }).first {
                        Processes.signal(process, SIGKILL)
                    }
                }
                for (number, handle) in handles.enumerated() { #expect(try await handle.value == number) }
            }
        }
    }
}
