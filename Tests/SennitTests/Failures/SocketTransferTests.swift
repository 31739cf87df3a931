import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension PoolLives {
    /// Large payloads where shared memory is refused, and their loss half way.
    @Suite struct SocketTransferTests {
        private static let size = 8 << 20

        /// Bytes in which every page differs from all others.
        private static func pattern(_ seed: Int, count: Int = size) -> [UInt8] {
            var bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: seed), count: count)
            for page in 0..<count / 4096 {
                for place in 0..<4 {
                    bytes[4096 * page + place] = UInt8(truncatingIfNeeded: (page &+ seed) >> (8 * place))
                }
            }
            return bytes
        }

        private var options: PoolOptions { quickOptions { $0.sharedMemory = .never } }

        @Test func `eight megabytes go over the socket and back`() async throws {
            let bytes = Self.pattern(1)
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: options) { pool in
                for _ in 0..<3 {
                    let answer = try await pool.run(Echo(value: bytes))
                    #expect(answer == bytes)
                }
            }
        }

        @Test func `many large payloads at once do not mix`() async throws {
            let payloads = (0..<8).map { Self.pattern($0, count: 2 << 20) }
            try await withProcessThreadPool(processes: 2, threadsPerProcess: 2, options: options) { pool in
                var handles: [TaskHandle<[UInt8]>] = []
                for payload in payloads { handles.append(try await pool.submit(Echo(value: payload))) }
                for (payload, handle) in zip(payloads, handles) {
                    let answer = try await handle.value
                    #expect(answer == payload)
                }
            }
        }

        @Test(arguments: [PoolOptions.SharedMemory.never, .automatic])
        func `a worker killed while it sends and receives delays its tasks and spoils none`(
            sharedMemory: PoolOptions.SharedMemory
        ) async throws {
            let payloads = (0..<4).map { Self.pattern($0, count: 4 << 20) }
            let options = quickOptions {
                $0.sharedMemory = sharedMemory
                // Some are killed before they are ready.
                $0.startAttempts = 1000
            }
            try await withProcessThreadPool(processes: 2, threadsPerProcess: 1, options: options) { pool in
                let idempotent = TaskOptions(isIdempotent: true, retries: 1000)
                try await pool.start()
                var handles: [TaskHandle<[UInt8]>] = []
                for round in 0..<12 {
                    handles.append(try await pool.submit(Echo(value: payloads[round % 4]), options: idempotent))
                    // At whatever point of whichever transfer it is.
                    for process in pool.statistics.processIDs.prefix(1 + round % 2) {
                        if let process { Processes.signal(process, SIGKILL) }
                    }
                }
                for (round, handle) in handles.enumerated() {
                    let answer = try await handle.value
                    #expect(answer == payloads[round % 4])
                }
                #expect(pool.statistics.workersDied > 0)
            }
        }

        @Test func `a worker that reads nothing holds up nobody, and its death frees what it was sent`() async throws {
            let options = quickOptions {
                $0.sharedMemory = .never
                $0.heartbeatInterval = .seconds(1000)
            }
            let bytes = Self.pattern(3)
            try await withProcessThreadPool(processes: 2, threadsPerProcess: 1, options: options) { pool in
                try await pool.start()
                let process = try await pool.process(at: 0)
                #expect(Processes.signal(process, SIGSTOP))
                #expect(await eventuallyTrue { ProcessState.of(process) == .stopped })
                // An empty pool fills its first place first.
                let stuck = try await pool.submit(Echo(value: bytes))
                let other = try await pool.submit(Echo(value: bytes))
                let answer = try await other.value
                #expect(answer == bytes)
                #expect(stuck.resultIfEnded == nil)
                #expect(Processes.signal(process, SIGKILL))
                // It had not begun, so it is not lost.
                let late = try await stuck.value
                #expect(late == bytes)
            }
        }

        @Test func `what was sent for tasks that were taken back does not pile up in the worker`() async throws {
            let gate = try Gate()
            defer { gate.remove() }
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: options) { pool in
                let held = try await pool.submit(Hold(gate: gate))
                let process = try await held.runningProcess()
                let bytes = [UInt8](repeating: 5, count: 4 << 20)
                for _ in 0..<40 {
                    let task = try await pool.submit(Echo(value: bytes))
                    task.cancel()
                    #expect(try await task.failure() is CancellationError)
                }
                let open = gate.open()
                _ = try await held.value
                let resident = try ProcessMemory.resident(process)
                // 160 MB were submitted; a worker takes up some 20 MB and a few payloads.
                #expect(resident < 80 << 20, "\(resident >> 20) MB")
                withExtendedLifetime(open) {}
            }
        }
    }
}
