import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension MisbehavingTasks {
    /// A worker that cannot become ready.
    @Suite struct FailingContextTests {
        /// A pool whose context fails in that way, and the count of its starts.
        private func withFailingPool(
            _ way: FailingContext.Way, gate: Gate? = nil, options: PoolOptions = quickOptions(),
            _ body: (ProcessThreadPool<FailingContext>, Tally) async throws -> Void
        ) async throws {
            let tally = try Tally()
            defer { tally.remove() }
            try await withProcessThreadPool(
                of: FailingContext.self, configuration: .init(way: way, starts: tally, gate: gate), processes: 1,
                threadsPerProcess: 2, options: options
            ) { pool in try await body(pool, tally) }
        }

        private func error(of pool: ProcessThreadPool<FailingContext>) async throws -> any Error {
            try await pool.submit(WhoAmI()).failure()
        }

        @Test(arguments: [FailingContext.Way.throwsError, .threadThrows])
        func `an initialiser's own error fails the pool after the attempts it has`(
            way: FailingContext.Way
        ) async throws {
            try await withFailingPool(way) { pool, tally in
                let isContext = way == .throwsError
                let expected = TypedError(code: isContext ? 7 : 8, place: [isContext ? "context" : "thread"])
                #expect(try await error(of: pool) as? TypedError == expected)
                #expect(tally.count == 3)
                // The pool has failed for good, and says why.
                let refusal = try await pool.failureToSubmit(WhoAmI())
                #expect((refusal as? PoolError)?.code == .poolFailed)
                #expect((refusal as? PoolError)?.cause as? TypedError == expected)
                await #expect(throws: expected) { try await pool.start() }
                #expect(tally.count == 3)
            }
        }

        @Test(arguments: [FailingContext.Way.traps, .threadTraps, .exits])
        func `an initialiser that dies fails the pool with how it died`(way: FailingContext.Way) async throws {
            try await withFailingPool(way, options: quickOptions { $0.startAttempts = 2 }) { pool, tally in
                let error = try #require(try await error(of: pool) as? PoolError)
                #expect(error.code == .startFailed)
                let words = [
                    FailingContext.Way.traps: "no context today", .threadTraps: "no thread today",
                    .exits: "exited with code 11",
                ]
                #expect(error.message.contains(words[way] ?? "?"), "\(error)")
                #expect(error.message.contains("pid "), "\(error)")
                #expect(tally.count == 2)
            }
        }

        @Test func `an initialiser that hangs is given up after startTimeout`() async throws {
            let options = quickOptions {
                $0.startTimeout = .seconds(2)
                $0.startAttempts = 2
            }
            try await withFailingPool(.hangs, options: options) { pool, tally in
                let error = try #require(try await error(of: pool) as? PoolError)
                #expect(error.code == .startFailed)
                #expect(error.message.contains("was not ready within"), "\(error)")
                #expect(tally.count == 2)
            }
        }

        @Test func `an initialiser that fails once is tried again, and nobody notices`() async throws {
            try await withFailingPool(.throwsOnce) { pool, tally in
                let process = try await pool.run(WhoAmI())
                #expect(Processes.parent(of: process) == getpid())
                #expect(tally.count == 2)
            }
        }

        @Test func `a worker killed while it starts is started again`() async throws {
            let gate = try Gate()
            defer { gate.remove() }
            try await withFailingPool(.waitsAtGate, gate: gate) { pool, tally in
                let task = try await pool.submit(WhoAmI())
                #expect(await eventuallyTrue { tally.count == 1 })
                let process = try #require(pool.statistics.processIDs[0])
                #expect(Processes.signal(process, SIGKILL))
                let open = gate.open()
                #expect(try await task.value != process)
                #expect(tally.count == 2)
                withExtendedLifetime(open) {}
            }
        }

        @Test func `failing starts are spread out and end`() async throws {
            let options = quickOptions {
                $0.restartDelay = .milliseconds(40)
                $0.startAttempts = 4
            }
            try await withFailingPool(.exits, options: options) { pool, tally in
                let start = ContinuousClock.now
                _ = try await error(of: pool)
                #expect(tally.count == 4)
                // Three pauses lie between four starts.
                #expect(ContinuousClock.now - start >= .milliseconds(120))
            }
        }

        @Test func `a pool whose workers cannot start still shuts down`() async throws {
            try await withFailingPool(.hangs) { pool, tally in
                let task = try await pool.submit(WhoAmI())
                #expect(await eventuallyTrue { tally.count == 1 })
                await pool.shutDown(.cancelPending)
                #expect(try await task.failure() is CancellationError)
            }
        }
    }
}
