import EphemeralPostgres
import PostgresClient
import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct ServerDeathTests {
    @Test func `a server that is killed in the middle of a query is a lost connection, and is told of`() async throws {
        try await withPostgres { server in
            let connection = try server.connect()
            let pid = try #require(server.processID)
            // The server kills itself, with the process that runs the query.
            let error = try #require(throws: PostgresError.self) {
                try connection.execute(
                    "COPY (SELECT 1) TO PROGRAM 'kill -9 \(pid) \(connection.serverProcess)'")
            }
            #expect(error.code == .connectionLost)
            #expect(Processes.waitForEnd(pid))
            let refusal = try #require(throws: EphemeralPostgresError.self) { try server.connect() }
            #expect(refusal.code == .serverEnded)
            #expect(refusal.message.contains("SIGKILL"))
            #expect(server.processID == nil)
            let end = await #expect(throws: EphemeralPostgresError.self) { try await server.waitForEnd() }
            #expect(end?.code == .serverEnded)
            let path = server.stop()
            #expect(!Files.exists(path))
        }
    }

    @Test func `server processes that a killed server leaves behind are killed`() async throws {
        try await withPostgres { server in
            let busy = try server.connect()
            let watcher = try server.connect()
            let backend = busy.serverProcess
            try SystemThread.start(name: "busy", stackBytes: 256 << 10) { [busy = Box(busy)] in
                _ = try? busy.value.query("SELECT count(*) FROM generate_series(1, 1000000000000)")
            }
            while try watcher.query("SELECT state FROM pg_stat_activity WHERE pid = \(backend)").first?[0] != "active" {
            }
            kill(try #require(server.processID), SIGKILL)
            #expect(Processes.waitForEnd(backend))
        }
    }

    @Test func `a killed guardian takes the server along, and the owner clears up`() async throws {
        let server = try await PostgresServer.start()
        let pid = try #require(server.processID)
        kill(server.guardianProcessID, SIGKILL)
        #expect(Processes.waitForEnd(pid))
        let error = try #require(throws: EphemeralPostgresError.self) { try server.connect() }
        #expect(error.code == .serverEnded)
        let path = server.stop()
        #expect(!Files.exists(path))
        #expect(!Files.exists(path + ".lock"))
    }

    @Test func `COPY into a server that dies is an error and no hang`() async throws {
        try await withPostgres { server in
            let connection = try server.connect()
            try connection.execute("CREATE TABLE t (a text)")
            let line = Array((String(repeating: "x", count: 99) + "\n").utf8)
            let block = Array(repeatElement(line, count: 1000).joined())
            let error = try #require(throws: PostgresError.self) {
                try connection.copyIn("COPY t FROM STDIN") { writer in
                    try unsafe writer.write(block.span.bytes)
                    kill(try #require(server.processID), SIGKILL)
                    kill(connection.serverProcess, SIGKILL)
                    for _ in 0..<10_000 { try unsafe writer.write(block.span.bytes) }
                }
            }
            #expect(error.code == .connectionLost)
            #expect(!connection.isUsable)
        }
    }
}
