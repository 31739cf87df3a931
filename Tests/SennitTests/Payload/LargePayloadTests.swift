import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Large values there and back, between this process and real workers.
@Suite(.timeLimit(.minutes(5))) struct LargePayloadTests {
    private static let sizes = [300, 305, 65_000, 65_537, 1 << 20, 5 << 20]

    @Test(arguments: sizes)
    func `bytes of every size come back as they went`(_ size: Int) async throws {
        try await withProcessThreadPool(processes: 1, threadsPerProcess: 2) { pool in
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            for _ in 0..<3 {
                let answer = try await pool.run(SendBackValue(value: bytes))
                #expect(answer == bytes)
            }
        }
    }

    @Test func `a large value made of small ones comes back as it went`() async throws {
        try await withProcessThreadPool(processes: 1, threadsPerProcess: 1) { pool in
            let words = (0..<40_000).map { ["word": "number \($0)"] }
            let answer = try await pool.run(SendBackValue(value: words))
            #expect(answer == words)
        }
    }

    @Test func `results that grow and shrink do not mix`() async throws {
        try await withProcessThreadPool(processes: 1, threadsPerProcess: 2) { pool in
            let sizes = [10, 200_000, 400, 3_000_000, 70_000, 10, 1_000_000, 66_000]
            var handles: [TaskHandle<[UInt8]>] = []
            for (index, size) in sizes.enumerated() {
                handles.append(try await pool.submit(Resize(bytes: [UInt8](repeating: 7, count: 80_000), to: size)))
                handles.append(try await pool.submit(Resize(bytes: [UInt8(index)], to: size)))
            }
            for (index, handle) in handles.enumerated() {
                let filler = index.isMultiple(of: 2) ? 7 : UInt8(index / 2)
                #expect(try await handle.value == [UInt8](repeating: filler, count: sizes[index / 2]))
            }
        }
    }

    @Test func `arguments that may be needed again are not written over`() async throws {
        try await withProcessThreadPool(processes: 1, threadsPerProcess: 1) { pool in
            let bytes = [UInt8](repeating: 3, count: 200_000)
            var options = TaskOptions()
            options.isIdempotent = true
            let answer = try await pool.run(DiesOnce(bytes: bytes), options: options)
            #expect(answer == bytes.reversed())
        }
    }

    @Test func `a task that fails after a large argument leaves nothing to the next`() async throws {
        try await withProcessThreadPool(processes: 1, threadsPerProcess: 1) { pool in
            await #expect(throws: (any Error).self) {
                try await pool.run(Refuse(bytes: [UInt8](repeating: 1, count: 100_000)))
            }
            let answer = try await pool.run(Resize(bytes: [2], to: 100_000))
            #expect(answer == [UInt8](repeating: 2, count: 100_000))
        }
    }
}

/// Not private: a generic type is found by its name alone.
struct SendBackValue<Value: Codable & Sendable & Equatable>: PoolTask {
    let value: Value

    func run(in context: NoContext) async throws -> Value { value }
}

/// Gives as many copies of the first byte as it is asked for.
private struct Resize: PoolTask {
    let bytes: [UInt8]
    let to: Int

    func run(in context: NoContext) async throws -> [UInt8] { [UInt8](repeating: bytes[0], count: to) }
}

/// Ends its worker at the first attempt.
private struct DiesOnce: PoolTask {
    let bytes: [UInt8]

    func run(in context: NoContext) async throws -> [UInt8] {
        if TaskContext.current?.attempt == 1 { kill(getpid(), SIGKILL) }
        return bytes.reversed()
    }
}

/// Cannot be decoded.
private struct Refuse: PoolTask {
    struct Refusal: Error {}

    let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    init(from decoder: any Decoder) throws { throw Refusal() }

    func run(in context: NoContext) async throws -> Int { 0 }
}
