import Sennit
import Synchronization
import Testing

/// What becomes of callers when the pool's own threads cannot be started.
@Suite(.timeLimit(.minutes(5))) struct PoolThreadTests {
    @Test(arguments: [0, 1])
    func `without the thread that keeps the time every caller is told, at once`(_ processes: Int) async throws {
        let pool = try pool(processes: processes) { name, _ in name.hasSuffix("-supervisor") }
        for code in [PoolError.Code.systemCallFailed, .poolFailed] {
            let error = await #expect(throws: PoolError.self) { try await pool.run(Answer()) }
            #expect(error?.code == code)
        }
        await #expect(throws: PoolError.self) { try await pool.start() }
        await pool.shutDown()
    }

    @Test func `without the thread that brings results the pool fails with that cause`() async throws {
        let pool = try pool(processes: 1) { name, _ in name.hasSuffix("-drain") }
        let error = await #expect(throws: PoolError.self) { try await pool.run(Answer()) }
        #expect(error?.code == .systemCallFailed)
        await pool.shutDown()
    }

    @Test(arguments: [0, 1])
    func `a thread that cannot be started once is started with the next try`(_ processes: Int) async throws {
        let pool = try pool(processes: processes) { name, count in name.hasSuffix("-drain") && count == 1 }
        #expect(try await pool.run(Answer()) == 42)
        await pool.shutDown()
    }

    /// A pool for which some threads are not to be had: `refuses` hears a thread's name and how often it was asked for.
    private func pool(
        processes: Int, _ refuses: @escaping @Sendable (String, Int) -> Bool
    ) throws -> ProcessThreadPool<NoContext> {
        let asked = Mutex<[String: Int]>([:])
        var options = PoolOptions()
        options.restartDelay = .milliseconds(1)
        return try ProcessThreadPool(
            of: NoContext.self, configuration: NoConfiguration(), processes: processes, threadsPerProcess: 1,
            options: options
        ) { (name, stackBytes, body) throws(SystemError) in
            let count = asked.withLock { asked in
                asked[name, default: 0] += 1
                return asked[name, default: 0]
            }
            guard !refuses(name, count) else { throw SystemError(code: 11, operation: "pthread_create") }
            try SystemThread.start(name: name, stackBytes: stackBytes, body: body)
        }
    }
}

private struct Answer: PoolTask {
    func run(in context: NoContext) async throws -> Int { 42 }
}
