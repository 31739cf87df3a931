import EphemeralPostgres
import PostgresClient
import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct FullDiskTests {
    @Test func `a server whose files may not grow says so, and lives on`() async throws {
        var options = PostgresOptions()
        options.limits = [ResourceLimit(resource: Int32(RLIMIT_FSIZE.rawValue), soft: 2 << 20, hard: 2 << 20)]
        try await withPostgres(options) { server in
            let connection = try server.connect()
            try connection.execute("CREATE UNLOGGED TABLE t (a text)")
            let error = try #require(throws: PostgresError.self) {
                try connection.execute("INSERT INTO t SELECT repeat('x', 1000) FROM generate_series(1, 10000)")
            }
            #expect(error.code == .server)
            #expect(error.message.contains("could not extend file"))
            #expect(try connection.query("SELECT count(*) FROM t")[0][0] == "0")
        }
    }

    @Test func `no room for the server's files is an error that leaves nothing`() async throws {
        // Root alone may mount a file system this small.
        let base = try Files.makeDirectory()
        guard geteuid() == 0, unsafe mount("none", base, "tmpfs", 0, "size=4m") == 0 else {
            Files.remove(base)
            return
        }
        defer {
            unsafe umount(base)
            Files.remove(base)
        }
        var options = PostgresOptions()
        options.storage = .directory(base)
        let error = await #expect(throws: EphemeralPostgresError.self) { try await withPostgres(options) { _ in } }
        #expect(error?.code == .noDirectory)
        #expect(error?.message.contains("No space left") == true)
        #expect(Files.names(in: base + "/sennit-postgres-0") == [])
    }
}
