import Sennit
import Testing

/// Shared buffers between this process and real workers.
@Suite(.timeLimit(.minutes(5))) struct SharedBufferTravelTests {
    @Test func `a buffer that a worker made is there however late its result is read`() async throws {
        try await withProcessThreadPool(processes: 1, threadsPerProcess: 1) { pool in
            // Far more tasks than the worker has slots: each slot is used again before its first result is read.
            var handles: [TaskHandle<SharedBuffer>] = []
            for number in 0..<120 { handles.append(try await pool.submit(MakeBuffer(number: number))) }
            _ = try await TaskHandle.wait(for: handles)
            for (number, handle) in handles.enumerated() {
                #expect(try await handle.value.array(of: Int.self) == [number, number + 1])
                #expect(try await handle.value.array(of: Int.self) == [number, number + 1])
            }
        }
    }

    @Test func `a buffer goes there and back as the same memory, time and again`() async throws {
        try await withProcessThreadPool(processes: 2, threadsPerProcess: 1) { pool in
            let buffer = try SharedBuffer(copying: [Int](repeating: 0, count: 100))
            for round in 1...50 {
                let answer = try await pool.run(Increment(buffer: buffer))
                #expect(answer.withSpan(of: Int.self) { $0[99] } == round)
                #expect(buffer.withSpan(of: Int.self) { $0[0] } == round)
            }
        }
    }

    @Test func `what a task hands back outlives the arguments it came in`() async throws {
        try await withProcessThreadPool(processes: 1, threadsPerProcess: 1) { pool in
            var handles: [TaskHandle<SharedBuffer>] = []
            for number in 0..<60 {
                let buffer = try SharedBuffer(copying: [Int](repeating: number, count: 10))
                handles.append(try await pool.submit(Increment(buffer: buffer)))
            }
            _ = try await TaskHandle.wait(for: handles)
            for (number, handle) in handles.enumerated() {
                #expect(try await handle.value.array(of: Int.self) == [Int](repeating: number + 1, count: 10))
            }
        }
    }
}

private struct MakeBuffer: PoolTask {
    let number: Int

    func run(in context: NoContext) async throws -> SharedBuffer { try SharedBuffer(copying: [number, number + 1]) }
}

private struct Increment: PoolTask {
    let buffer: SharedBuffer

    func run(in context: NoContext) async throws -> SharedBuffer {
        buffer.withMutableSpan(of: Int.self) { for index in $0.indices { $0[index] += 1 } }
        return buffer
    }
}
