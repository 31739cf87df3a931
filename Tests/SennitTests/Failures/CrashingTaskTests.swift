import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension DyingWorkers {
    /// A task takes its process down.
    @Suite struct CrashingTaskTests {
        private static func isTrap(_ status: WorkerExitStatus) -> Bool {
            // What a trap raises depends on the processor.
            guard case .signaled(let signal, _) = status else { return false }
            return signal == SIGILL || signal == SIGTRAP
        }

        private static func matches(_ status: WorkerExitStatus, _ way: Crash.Way) -> Bool {
            switch way {
            case .fatalError, .outOfBounds, .overflow, .forcedNil: isTrap(status)
            case .abort: status.signalName == "SIGABRT"
            case .exit3, .quickExit3: status == .exited(3)
            case .exit0: status == .exited(0)
            case .nullWrite, .raiseSegmentationFault, .stackOverflow: status.signalName == "SIGSEGV"
            case .killSelf: status.signalName == "SIGKILL"
            }
        }

        private static func lastWords(of way: Crash.Way) -> String {
            switch way {
            case .fatalError: "nothing works"
            case .outOfBounds: "Index out of range"
            case .forcedNil: "Unexpectedly found nil"
            default: ""
            }
        }

        @Test func `every way to crash is reported as what it was, and the pool goes on`() async throws {
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: quickOptions()) { pool in
                for way in Crash.Way.allCases {
                    let task = try await pool.submit(Crash(way: way))
                    let death = try #require(try await task.failure() as? WorkerDied)
                    #expect(Self.matches(death.exitStatus, way), "\(way): \(death)")
                    #expect(death.standardErrorTail.contains(Self.lastWords(of: way)), "\(way): \(death)")
                    #expect(death.description.contains("\(death.exitStatus)"))
                    #expect(death.description.contains("pid \(death.processID)"))
                    #expect(death.taskID == task.id)
                    #expect(try await pool.run(Echo(value: way.rawValue)) == way.rawValue)
                }
                #expect(pool.statistics.workersDied == Crash.Way.allCases.count)
            }
        }

        @Test func `a forked worker's crash is reported just as well`() async throws {
            let options = quickOptions { $0.startMethod = .zygote }
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: options) { pool in
                for way in [Crash.Way.fatalError, .nullWrite, .abort, .quickExit3, .stackOverflow] {
                    let death = try #require(try await pool.failure(of: Crash(way: way)) as? WorkerDied)
                    #expect(Self.matches(death.exitStatus, way), "\(way): \(death)")
                    #expect(death.standardErrorTail.contains(Self.lastWords(of: way)), "\(way): \(death)")
                }
            }
        }

        @Test func `an error carries the end of what the worker wrote, and no more`() async throws {
            let options = quickOptions { $0.standardErrorTailBytes = 100 }
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: options) { pool in
                let words = String(repeating: "a", count: 200_000) + " and then it broke"
                let death = try #require(try await pool.failure(of: Crash(words: words)) as? WorkerDied)
                #expect(death.standardErrorTail.utf8.count == 100)
                #expect(death.standardErrorTail.hasSuffix("and then it broke"))
                #expect(death.description.contains("last words"))
            }
        }

        @Test func `each failed task has an error of its own, and good ones their outputs`() async throws {
            try await withProcessThreadPool(processes: 2, threadsPerProcess: 2, options: quickOptions()) { pool in
                var crashes: [TaskHandle<Int>] = []
                var good: [TaskHandle<Int>] = []
                for number in 0..<10 {
                    crashes.append(try await pool.submit(Crash()))
                    let idempotent = TaskOptions(isIdempotent: true, retries: 20)
                    good.append(try await pool.submit(Echo(value: number), options: idempotent))
                }
                var tasks: Set<TaskID> = []
                for crash in crashes {
                    tasks.insert(try #require(try await crash.failure() as? WorkerDied).taskID)
                }
                #expect(tasks.count == 10)
                for (number, handle) in good.enumerated() { #expect(try await handle.value == number) }
            }
        }

        @Test func `a result that was sent is kept, whatever happens next`() async throws {
            for sharedMemory in [PoolOptions.SharedMemory.automatic, .never] {
                let options = quickOptions {
                    $0.sharedMemory = sharedMemory
                    $0.restartDelay = .zero
                }
                try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: options) { pool in
                    // In the slot, in the arena, in a segment or over the socket.
                    for size in [10, 10_000, 300_000] {
                        for _ in 0..<8 {
                            let bytes = [UInt8](repeating: 7, count: size)
                            let good = try await pool.submit(Echo(value: bytes))
                            let bad = try await pool.submit(Crash())
                            #expect(try await good.value == bytes)
                            #expect(try await bad.failure() is WorkerDied)
                        }
                    }
                }
            }
        }
    }
}
