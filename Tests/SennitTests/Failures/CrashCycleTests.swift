import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension PoolLives {
    /// Whatever dies, the parent is left as it was.
    @Suite struct CrashCycleTests {
        @Test func `crashes leave descriptors, zombies and mappings as before`() async {
            await #expect(processExitsWith: .success) {
                let options = quickOptions {
                    $0.restartDelay = .zero
                    $0.crashBacktraces = false
                }
                let pool = try ProcessThreadPool(processes: 1, threadsPerProcess: 1, options: options)
                try await CrashCycles.run(10, in: pool)
                let before = ProcessFigures.now()
                try await CrashCycles.run(CrashCycles.count, in: pool)
                let after = ProcessFigures.now()
                insist(after.descriptors == before.descriptors, "\(before) \(after)")
                insist(after.children == before.children, "\(before) \(after)")
                // The allocator and threads of the runtime come and go; a leak would be one for each cycle.
                insist(after.mappings <= before.mappings + CrashCycles.count / 4, "\(before) \(after)")
                await pool.shutDown()
                exit(0)
            }
        }

        @Test func `pools that come and go leave nothing behind`() async {
            await #expect(processExitsWith: .success) {
                try await CrashCycles.runPools(3)
                let before = ProcessFigures.now()
                try await CrashCycles.runPools(CrashCycles.count / 5)
                insist(await eventuallyTrue { ProcessFigures.now().threads <= before.threads + 2 }, "threads")
                let after = ProcessFigures.now()
                insist(after.descriptors == before.descriptors, "\(before) \(after)")
                insist(after.children == 0, "\(before) \(after)")
                insist(after.mappings <= before.mappings + CrashCycles.count / 10, "\(before) \(after)")
                exit(0)
            }
        }
    }
}

enum CrashCycles {
    static var count: Int { unsafe getenv("SOAK") == nil ? 100 : 1000 }

    /// Runs tasks that kill their worker, one after another, between others with small and large payloads.
    static func run(_ count: Int, in pool: ProcessThreadPool<NoContext>) async throws {
        let bytes = [UInt8](repeating: 1, count: 200_000)
        for cycle in 0..<count {
            let ways: [Crash.Way] = [.quickExit3, .killSelf, .raiseSegmentationFault, .exit3]
            insist(try await pool.failure(of: Crash(way: ways[cycle % 4])) is WorkerDied, "it did not die")
            insist(try await pool.run(Echo(value: bytes)).count == bytes.count, "echo")
        }
    }

    static func runPools(_ count: Int) async throws {
        for _ in 0..<count {
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 2, options: quickOptions()) { pool in
                insist(try await pool.failure(of: Crash()) is WorkerDied, "it did not die")
                insist(try await pool.run(Echo(value: 1)) == 1, "echo")
            }
        }
    }
}

/// What a process has, in counts.
struct ProcessFigures: CustomStringConvertible {
    var descriptors: Int
    var children: Int
    var mappings: Int
    var threads: Int

    static func now() -> ProcessFigures {
        ProcessFigures(
            descriptors: OpenDescriptors.now().count, children: children,
            mappings: lines(of: "/proc/self/maps"), threads: entries(of: "/proc/self/task"))
    }

    /// Children that live or wait to be reaped.
    private static var children: Int {
        let processes = names(in: "/proc").compactMap { Int32($0) }
        return processes.count { Processes.parent(of: $0) == getpid() }
    }

    private static func lines(of path: String) -> Int {
        (try? ProcFile.contents(of: path))?.split(separator: "\n").count ?? -1
    }

    private static func entries(of path: String) -> Int { names(in: path).count }

    private static func names(in path: String) -> [String] {
        guard let folder = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }

    var description: String {
        "\(descriptors) descriptors, \(children) children, \(mappings) mappings, \(threads) threads"
    }
}
