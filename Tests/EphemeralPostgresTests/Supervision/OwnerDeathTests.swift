import EphemeralPostgres
import PostgresClient
import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct OwnerDeathTests {
    /// What a dying owner prints: its server's process, the guardian's, and the directory.
    private struct Family {
        var server: Int32
        var guardian: Int32
        var directory: String

        init?(_ output: [UInt8]) {
            let words = String(decoding: output, as: UTF8.self).split(whereSeparator: \.isWhitespace)
            guard let start = words.firstIndex(of: "family"), words.count >= start + 4,
                let server = Int32(words[start + 1]), let guardian = Int32(words[start + 2])
            else { return nil }
            self.server = server
            self.guardian = guardian
            directory = String(words[start + 3])
        }
    }

    @Test func `nothing is left of the servers of twenty owners that are killed`() async throws {
        for round in 0..<20 {
            let result = try await #require(
                processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]
            ) { [round = round as Int] in
                let server = try await PostgresServer.start()
                let connection = try server.connect()
                // Some die in the middle of a query, some with a connection that does nothing.
                if round % 2 == 1 { try connection.execute("CREATE TABLE t AS SELECT generate_series(1, 1000)") }
                print("family", server.processID ?? 0, server.guardianProcessID, server.parameters.host)
                fflush(nil)
                kill(getpid(), SIGKILL)
            }
            let family = try #require(Family(result.standardOutputContent))
            #expect(Processes.waitForEnd(family.guardian))
            #expect(!Processes.exists(family.server))
            #expect(!Files.exists(family.directory))
            #expect(!Files.exists(family.directory + ".lock"))
        }
    }

    @Test func `a query that runs for ever ends with the owner`() async throws {
        let result = try await #require(
            processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]
        ) {
            let server = try await PostgresServer.start()
            let watcher = try server.connect()
            let busy = try server.connect()
            let backend = busy.serverProcess
            // A loop that looks at no signal but those that end it.
            try SystemThread.start(name: "busy", stackBytes: 256 << 10) { [busy = Box(busy)] in
                _ = try? busy.value.query("SELECT count(*) FROM generate_series(1, 1000000000000)")
            }
            while try watcher.query("SELECT state FROM pg_stat_activity WHERE pid = \(backend)").first?[0] != "active" {
            }
            print("family", backend, server.guardianProcessID, server.parameters.host)
            fflush(nil)
            kill(getpid(), SIGKILL)
        }
        let family = try #require(Family(result.standardOutputContent))
        #expect(Processes.waitForEnd(family.guardian))
        #expect(!Processes.exists(family.server))
        #expect(!Files.exists(family.directory))
    }

    @Test(arguments: [0, 2, 5, 9, 14, 20, 30, 45])
    func `an owner that is killed while its server starts leaves nothing`(milliseconds: Int) async throws {
        let base = try Files.makeDirectory()
        defer { Files.remove(base) }
        // The server runs as a user of its own where the tests run as root, and has to get in.
        try Files.changeMode(base, 0o755)
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [base = base as String, milliseconds = milliseconds as Int] in
            var options = PostgresOptions()
            options.storage = .directory(base)
            try SystemThread.start(name: "killer", stackBytes: 256 << 10) {
                SystemThread.pause(nanoseconds: UInt64(milliseconds) * 1_000_000)
                kill(getpid(), SIGKILL)
            }
            // Killed long before that; there is nothing else to wait for.
            try await withPostgres(options) { _ in try await Task.sleep(for: .seconds(60)) }
        }
        // What died before it had a guardian is removed by the next start; a directory with a living one cannot be.
        let servers = "\(base)/sennit-postgres-\(geteuid())"
        let deadline = MonotonicClock.now() + 10_000_000_000
        while !Files.names(in: servers).isEmpty, MonotonicClock.now() < deadline {
            ServerDirectory.sweep(beside: servers + "/none")
            await Task.yield()
        }
        #expect(Files.names(in: servers) == [])
    }
}
