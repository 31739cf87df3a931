import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A task forks, by hand or in a C library, and the copy comes back from it too.
@Suite(.timeLimit(.minutes(5))) struct ForkedCopyTests {
    /// Forks, and gives back its process's number and how the copy ended; the copy runs on at the same place.
    private struct Forking: PoolTask {
        /// `_Fork` tells nobody: no handler that the C library calls for a fork.
        var function = "fork"
        var throwsError = false

        func run(in context: NoContext) throws -> [Int32] {
            let copy = try Self.fork(function)
            guard copy > 0 else {
                if throwsError { throw Unmet("the copy's error") }
                return [-1]
            }
            var status: Int32 = 0
            while unsafe waitpid(copy, &status, 0) < 0 && errno == EINTR {}
            return [getpid(), status]
        }

        // Swift hides it, since hardly anything may be done in a copy.
        private static func fork(_ name: String) throws -> Int32 {
            guard let address = unsafe dlsym(nil, name) else { throw Unmet("no \(name)") }
            let function = unsafe unsafeBitCast(address, to: (@convention(c) () -> Int32).self)
            return function()
        }
    }

    @Test(arguments: [0, 1], [false, true])
    func `a copy that returns from run does not answer for the task`(processes: Int, throwsError: Bool) async throws {
        try await withProcessThreadPool(processes: processes, threadsPerProcess: 1, options: quickOptions()) { pool in
            for function in ["fork", "_Fork"] {
                let task = Forking(function: function, throwsError: throwsError)
                let answer = try await pool.run(task)
                #expect(answer.count == 2)
                let original = processes == 0 ? getpid() : pool.statistics.processIDs.first ?? 0
                #expect(answer[0] == original)
                // It has exited with 70.
                #expect(answer[1] == 70 << 8)
                #expect(try await pool.run(Echo(value: 5)) == 5)
            }
            #expect(pool.statistics.workersDied == 0)
        }
    }

    @Test func `the worker of a zygote, which is a copy itself, answers`() async throws {
        let options = quickOptions { $0.startMethod = .zygote }
        try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: options) { pool in
            let answer = try await pool.run(Forking())
            #expect(answer == [answer[0], 70 << 8])
        }
    }
}
