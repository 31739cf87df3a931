import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What a worker keeps when it has nothing to do.
@Suite(.timeLimit(.minutes(5))) struct IdleWorkerTests {
    @Test func `the segment that large arguments came in is let go with the task`() async throws {
        try await withProcessThreadPool(processes: 1, threadsPerProcess: 2) { pool in
            let gate = try Gate()
            defer { gate.remove() }
            // It has a slot of its own before the large task gets one.
            let observer = try await pool.submit(CountSegments(gate: gate))
            for await _ in observer.progress { break }
            let count = try await pool.run(CountArgumentBytes(bytes: [UInt8](repeating: 1, count: 200_000)))
            #expect(count == 200_000)
            let opened = gate.open()
            let held = try await observer.value
            #expect(held == 0)
            _ = opened
        }
    }

    @Test func `memory that a worker has handed over is the parent's alone`() async throws {
        try await withProcessThreadPool(processes: 1, threadsPerProcess: 1) { pool in
            let buffer = try await pool.run(MakeLargeBuffer())
            let process = try #require(pool.statistics.processIDs.first ?? nil)
            // The worker hears that it may let go, and has nothing else to do.
            #expect(await eventuallyTrue { !Self.mapsPayloads(process) })
            #expect(buffer.withSpan(of: UInt8.self) { $0[0] } == 7)
        }
    }

    @Test func `without processes a buffer that a task made is let go with its last holder`() async {
        await #expect(processExitsWith: .success) {
            try await withProcessThreadPool(processes: 0, threadsPerProcess: 1) { pool in
                var buffer: SharedBuffer? = try await pool.run(MakeLargeBuffer())
                #expect(buffer?.withSpan(of: UInt8.self) { $0[0] } == 7)
                #expect(SegmentRegistry.process.statistics.used == 1)
                buffer = nil
                // No other task has come to this worker meanwhile.
                #expect(await eventuallyTrue { SegmentRegistry.process.statistics.used == 0 })
            }
        }
    }

    @Test func `what is kept for reuse is given back when the pool ends`() async {
        await #expect(processExitsWith: .success) {
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1) { pool in
                let count = try await pool.run(CountArgumentBytes(bytes: [UInt8](repeating: 1, count: 200_000)))
                #expect(count == 200_000)
                #expect(SegmentRegistry.process.statistics.mappedBytes > 0)
            }
            #expect(await eventuallyTrue { SegmentRegistry.process.statistics.mappedBytes == 0 })
        }
    }

    private static func mapsPayloads(_ process: Int32) -> Bool {
        guard let file = unsafe fopen("/proc/\(process)/maps", "re") else { return false }
        defer { unsafe fclose(file) }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe fread(&buffer, 1, buffer.count, file)
            guard count > 0 else { break }
            text += buffer[..<count]
        }
        return String(decoding: text, as: UTF8.self).contains("sennit payload")
    }
}

private struct CountArgumentBytes: PoolTask {
    let bytes: [UInt8]

    func run(in context: NoContext) async throws -> Int { bytes.count }
}

/// Waits at the gate and tells how many segments its process holds.
private struct CountSegments: PoolTask {
    let gate: Gate

    func run(in context: NoContext) async throws -> Int {
        TaskContext.current?.report(completed: 1)
        gate.pass()
        return SegmentRegistry.process.statistics.used
    }
}

private struct MakeLargeBuffer: PoolTask {
    func run(in context: NoContext) async throws -> SharedBuffer {
        try SharedBuffer(copying: [UInt8](repeating: 7, count: 1 << 20))
    }
}
