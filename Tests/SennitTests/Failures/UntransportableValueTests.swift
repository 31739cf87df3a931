import Sennit
import Testing

extension MisbehavingTasks {
    /// Errors, arguments and results that cannot be carried: only their own task notices.
    @Suite struct UntransportableValueTests {
        /// Runs in a pool with one worker and checks that the same worker lives on.
        private func withOneWorker(
            _ options: PoolOptions = quickOptions(), _ body: (ProcessThreadPool<NoContext>) async throws -> Void
        ) async throws {
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 2, options: options) { pool in
                let process = try await pool.run(WhoAmI())
                try await body(pool)
                #expect(try await pool.run(WhoAmI()) == process)
                #expect(pool.statistics.workersDied == 0)
            }
        }

        @Test func `an error that is Codable arrives as itself`() async throws {
            try await withOneWorker { pool in
                await #expect(throws: TypedError(code: 42, place: ["here", "there"])) {
                    try await pool.run(Throw(way: .typed))
                }
                await #expect(throws: CancellationError.self) { try await pool.run(Throw(way: .cancellation)) }
            }
        }

        @Test func `any other error arrives with its type's name and what it said`() async throws {
            let expected: [(Throw.Way, String, String)] = [
                (.plain, "PlainError", "plainly wrong"), (.classBased, "ClassError", "class 17"),
                (.unencodable, "UnencodableError", "no bytes for this"),
                (.undecodable, "UndecodableError", "one way only"), (.oddlyMade, "OddlyMadeError", "1 and two"),
            ]
            try await withOneWorker { pool in
                for (way, type, message) in expected {
                    let error = try #require(try await pool.failure(of: Throw(way: way)) as? RemoteError, "\(way)")
                    #expect(error.typeName == "SennitTests.\(type)")
                    #expect(error.message == message)
                }
                let huge = try #require(try await pool.failure(of: Throw(way: .huge)) as? RemoteError)
                #expect(huge.typeName == "SennitTests.HugeError")
                #expect(huge.message.utf8.count <= 64 * 1024)
            }
        }

        @Test func `an error that traps when it is described takes its worker, and no other`() async throws {
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: quickOptions()) { pool in
                let death = try #require(try await pool.failure(of: Throw(way: .foreverDescribed)) as? WorkerDied)
                #expect(death.standardErrorTail.contains("no words"))
                #expect(try await pool.run(Echo(value: 1)) == 1)
            }
        }

        @Test func `arguments that cannot be encoded never leave the caller`() async throws {
            try await withOneWorker { pool in
                for _ in 0..<100 {
                    do {
                        _ = try await pool.submit(Echo(value: Trouble(way: .encodeThrows)))
                        Issue.record("it was accepted")
                    } catch let error as PoolError {
                        #expect(error.code == .encodingFailed)
                        #expect(error.cause is PlainError)
                        #expect(error.message.contains("Echo<Trouble>"))
                    }
                }
                for number in 0..<100 { #expect(try await pool.run(Echo(value: number)) == number) }
            }
        }

        @Test func `arguments that cannot be decoded fail their task alone`() async throws {
            try await withOneWorker { pool in
                let error = try await pool.failure(of: Echo(value: Trouble(way: .decodeThrows)))
                #expect((error as? PoolError)?.code == .decodingFailed)
                #expect("\(error)".contains("arguments of Echo<Trouble>"))
                #expect("\(error)".contains("plainly wrong"))
            }
        }

        @Test func `arguments that end the process while they are decoded are blamed on their task`() async throws {
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: quickOptions()) { pool in
                let trap = try #require(
                    try await pool.failure(of: Echo(value: Trouble(way: .decodeTraps))) as? WorkerDied)
                #expect(trap.taskType.contains("Echo<SennitTests.Trouble>"))
                #expect(trap.standardErrorTail.contains("cannot be read"))
                let end = try #require(
                    try await pool.failure(of: Echo(value: Trouble(way: .decodeExits))) as? WorkerDied)
                #expect(end.exitStatus == .exited(5))
                #expect(try await pool.run(Echo(value: 1)) == 1)
            }
        }

        @Test func `a result that cannot be encoded or decoded fails its task alone`() async throws {
            try await withOneWorker { pool in
                let unencodable = try await pool.failure(of: MakeTrouble(way: .encodeThrows))
                #expect((unencodable as? PoolError)?.code == .encodingFailed)
                #expect("\(unencodable)".contains("Trouble") && "\(unencodable)".contains("plainly wrong"))
                let undecodable = try await pool.failure(of: MakeTrouble(way: .decodeThrows))
                #expect((undecodable as? PoolError)?.code == .decodingFailed)
                #expect((undecodable as? PoolError)?.cause is PlainError)
            }
        }

        @Test func `a result that traps while it is encoded takes its worker, and no other`() async throws {
            try await withProcessThreadPool(processes: 1, threadsPerProcess: 1, options: quickOptions()) { pool in
                let death = try #require(try await pool.failure(of: MakeTrouble(way: .encodeTraps)) as? WorkerDied)
                #expect(death.standardErrorTail.contains("cannot be written"))
                #expect(try await pool.run(Echo(value: 1)) == 1)
            }
        }

        @Test func `what is larger than maximumPayloadBytes fails its task alone, either way`() async throws {
            try await withOneWorker(quickOptions { $0.maximumPayloadBytes = 100_000 }) { pool in
                do {
                    _ = try await pool.run(Echo(value: [UInt8](repeating: 1, count: 100_001)))
                    Issue.record("too large an argument was accepted")
                } catch let error as PayloadTooLarge {
                    #expect(error.maximumByteCount == 100_000)
                }
                let error = try await pool.failure(of: MakeBytes(count: 100_001))
                #expect((error as? PoolError)?.code == .payloadTooLarge)
                #expect("\(error)".contains("maximumPayloadBytes") && "\(error)".contains("100000"))
                #expect(try await pool.run(MakeBytes(count: 99_000)).count == 99_000)
            }
        }
    }
}
