import EphemeralPostgres
import Sennit
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct ServerDirectoryTests {
    @Test func `directories of dead owners are swept, those of living ones are not`() throws {
        let base = try Files.makeDirectory()
        defer { Files.remove(base) }
        let living = try ServerDirectory.make(.directory(base), nil)
        let dead = try ServerDirectory.make(.directory(base), nil).path
        // Its owner has let go of the lock, as the system does for the dead.
        try Files.write("data", to: dead + "/PG_VERSION")
        #expect(ServerDirectory.sweep(beside: living.path) == 1)
        #expect(!Files.exists(dead))
        #expect(Files.exists(living.path))
        living.remove()
        #expect(Files.names(in: base + "/sennit-postgres-\(geteuid())") == [])
    }

    @Test func `a path that is too long for a socket is refused with the way out`() async throws {
        let base = try Files.makeDirectory()
        defer { Files.remove(base) }
        try Files.changeMode(base, 0o755)
        let long = base + "/" + String(repeating: "long", count: 20)
        try Files.makeDirectory(long)
        var options = PostgresOptions()
        options.storage = .directory(long)
        let error = await #expect(throws: EphemeralPostgresError.self) { try await withPostgres(options) { _ in } }
        #expect(error?.code == .socketPathTooLong)
        #expect(error?.message.contains("shorter path") == true)
        #expect(Files.names(in: long + "/sennit-postgres-\(geteuid())") == [])
    }

    @Test func `a place that is not there or belongs to others is refused`() async throws {
        let base = try Files.makeDirectory()
        defer { Files.remove(base) }
        for path in [base + "/none", "relative", base + "/file"] {
            try Files.write("", to: base + "/file")
            let error = #expect(throws: EphemeralPostgresError.self) {
                try ServerDirectory.make(.directory(path), nil)
            }
            #expect(error?.code == .noDirectory)
        }
        let shared = base + "/sennit-postgres-\(geteuid())"
        try Files.makeDirectory(shared)
        try Files.changeMode(shared, 0o777)
        let error = #expect(throws: EphemeralPostgresError.self) { try ServerDirectory.make(.directory(base), nil) }
        #expect(error?.message.contains("not this user's alone") == true)
    }
}
