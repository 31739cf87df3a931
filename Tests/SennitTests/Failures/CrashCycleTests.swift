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
        @Test func `crashes leave descriptors, zombies and mappings as before`() async throws {
            let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                let options = quickOptions { $0.restartDelay = .zero }
                let pool = try ProcessThreadPool(processes: 1, threadsPerProcess: 1, options: options)
                try await CrashCycles.run(10, in: pool)
                try await ProcessFigures.settle()
                let before = ProcessFigures.now()
                try await CrashCycles.run(CrashCycles.count, in: pool)
                await ProcessFigures.say(since: before)
                await pool.shutDown()
                exit(0)
            }
            let (before, after) = try ProcessFigures.heard(result)
            #expect(after.descriptors == before.descriptors)
            #expect(after.children == before.children)
            // The allocator's and the runtime's mappings come and go; a leak would be one for each cycle.
            #expect(after.mappings <= before.mappings + CrashCycles.count / 4)
        }

        @Test func `pools that come and go leave nothing behind`() async throws {
            let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                try await CrashCycles.runPools(3)
                try await ProcessFigures.settle()
                let before = ProcessFigures.now()
                try await CrashCycles.runPools(CrashCycles.count / 5)
                await ProcessFigures.say(since: before)
                exit(0)
            }
            let (before, after) = try ProcessFigures.heard(result)
            #expect(after.descriptors <= before.descriptors)
            #expect(after.children == 0)
            #expect(after.threads <= before.threads + 2)
            #expect(after.mappings <= before.mappings + CrashCycles.count / 5)
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
struct ProcessFigures {
    var descriptors: Int
    var children: Int
    var mappings: Int
    var threads: Int

    static func now() -> ProcessFigures {
        ProcessFigures(
            descriptors: OpenDescriptors.now().count, children: children,
            mappings: lines(of: "/proc/self/maps"), threads: entries(of: "/proc/self/task"))
    }

    /// Has the runtime open the descriptors that its timers need, and threads that are ending end.
    static func settle() async throws {
        // That timers are used is the purpose.
        try await Task.sleep(for: .milliseconds(50))
    }

    /// Says what there was and what there is, once threads that are ending have let go of what they hold.
    static func say(since before: ProcessFigures) async {
        _ = await eventuallyTrue {
            let now = now()
            return now.descriptors <= before.descriptors && now.threads <= before.threads
        }
        let numbers = [before, now()].flatMap { [$0.descriptors, $0.children, $0.mappings, $0.threads] }
        StandardOutput.write("figures \(numbers.map(String.init).joined(separator: " ")) end\n")
    }

    /// What another process has said by `say`.
    static func heard(_ result: ExitTest.Result?) throws -> (before: ProcessFigures, after: ProcessFigures) {
        let text = String(decoding: try #require(result).standardOutputContent, as: UTF8.self)
        let words = text.split(whereSeparator: \.isWhitespace)
        let first = try #require(words.firstIndex(of: "figures"), "\(text)")
        let numbers = words[(first + 1)...].prefix { $0 != "end" }.compactMap { Int($0) }
        try #require(numbers.count == 8)
        func figures(_ at: Int) -> ProcessFigures {
            ProcessFigures(
                descriptors: numbers[at], children: numbers[at + 1], mappings: numbers[at + 2],
                threads: numbers[at + 3])
        }
        return (figures(0), figures(4))
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
}
