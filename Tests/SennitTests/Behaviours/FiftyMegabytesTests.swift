import Sennit
import Testing

/// Behaviour 55: arguments and results far larger than any pipe.
@Suite(.timeLimit(.minutes(5))) struct FiftyMegabytesTests {
    @Test(arguments: [PoolOptions.SharedMemory.automatic, .never])
    func `55 fifty megabytes go to a worker and come back`(sharedMemory: PoolOptions.SharedMemory) async throws {
        var options = PoolOptions()
        options.sharedMemory = sharedMemory
        try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: options) { pool in
            var bytes = [UInt8](repeating: 1, count: 50 << 20)
            for place in stride(from: 0, to: bytes.count, by: 4093) { bytes[place] = UInt8(truncatingIfNeeded: place) }
            let echo = try await pool.run(Echo(value: bytes))
            #expect(echo == bytes)
        }
    }
}
