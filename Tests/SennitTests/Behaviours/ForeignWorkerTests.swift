import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Workers that are not what their parent takes them for.
@Suite(.timeLimit(.minutes(5))) struct ForeignWorkerTests {
    /// A pool whose workers are started from another file.
    private func pool(of executable: String, attempts: Int = 2) throws -> ProcessThreadPool<NoContext> {
        var options = PoolOptions()
        options.executable = executable
        options.startAttempts = attempts
        options.restartDelay = .milliseconds(1)
        options.standardError = .discard
        return try ProcessThreadPool(processes: 1, threadsPerProcess: 1, options: options)
    }

    private func copyOfThis(_ path: String, appending more: [UInt8]) throws {
        let source = unsafe open("/proc/self/exe", O_RDONLY | O_CLOEXEC)
        let target = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o700)
        defer {
            close(source)
            close(target)
        }
        while case let count = sendfile(target, source, nil, 1 << 30), count != 0 {
            guard count > 0 else { throw TestFailure("sendfile: \(errno)") }
        }
        guard unsafe write(target, more, more.count) == more.count else { throw TestFailure("write: \(errno)") }
    }

    private func expectFailure(
        _ pool: ProcessThreadPool<NoContext>, _ code: PoolError.Code, mentioning words: String
    ) async throws {
        let error = await #expect(throws: PoolError.self) { try await pool.run(Doubling(number: 1)) }
        #expect(error?.code == code)
        #expect(error.map { "\($0)".contains(words) } == true, "\(error.map { "\($0)" } ?? "")")
        // The pool has failed: it says so, with the cause, and still ends.
        let later = await #expect(throws: PoolError.self) { try await pool.run(Doubling(number: 1)) }
        #expect(later?.code == .poolFailed)
        #expect((later?.cause as? PoolError)?.code == code)
        await #expect(throws: PoolError.self) { try await pool.start() }
        await pool.shutDown()
    }

    @Test func `a worker of another build is refused`() async throws {
        let scratch = try ScratchDirectory()
        try copyOfThis(scratch.marksPath, appending: [0])
        try await expectFailure(pool(of: scratch.marksPath), .foreignWorker, mentioning: "another build")
    }

    @Test func `a copy of the same build is as good`() async throws {
        let scratch = try ScratchDirectory()
        try copyOfThis(scratch.marksPath, appending: [])
        let pool = try pool(of: scratch.marksPath)
        #expect(try await pool.run(Doubling(number: 1)) == 2)
        await pool.shutDown()
    }

    @Test func `a program that is no worker is a failed start, not a hang`() async throws {
        try await expectFailure(pool(of: "/bin/true"), .startFailed, mentioning: "exited with code 0")
        try await expectFailure(pool(of: "/bin/false"), .startFailed, mentioning: "exited with code 1")
    }

    @Test func `a file that cannot be started is a failed start`() async throws {
        for path in ["/nonexistent/worker", "/etc/passwd", "/tmp", "", "a\0b"] {
            try await expectFailure(pool(of: path), .startFailed, mentioning: "")
        }
    }
}
