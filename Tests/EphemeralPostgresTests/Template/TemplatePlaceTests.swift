import EphemeralPostgres
import PostgresClient
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// A template is made wherever there is room, by whatever user, and what a killed maker has left goes.
///
/// Each start is in a process of its own: it has another `TMPDIR` or another user than this one.
@Suite struct TemplatePlaceTests {
    @Test func `a directory for temporary files that the server's user may not enter is passed over`() async throws {
        let folder = try Files.makeDirectory()
        defer { Files.remove(folder) }
        try Files.makeDirectory(folder + "/closed")
        try Files.changeMode(folder + "/closed", 0o700)
        try Files.changeMode(folder, 0o700)
        await #expect(processExitsWith: .success) { [folder = folder as String] in
            unsafe setenv("TMPDIR", folder + "/closed", 1)
            for storage in [PostgresStorage.automatic, .disk] {
                var options = PostgresOptions()
                options.cacheDirectory = folder + "/cache"
                options.storage = storage
                try await withPostgres(options) { _ in }
            }
        }
    }

    @Test func `a directory for temporary files without room is passed over`() async throws {
        let folder = try Files.makeDirectory()
        // Root alone may mount a file system this small.
        guard geteuid() == 0, unsafe mount("none", folder, "tmpfs", 0, "size=4m,mode=1777") == 0 else {
            Files.remove(folder)
            return
        }
        let cache = try Files.makeDirectory()
        defer {
            unsafe umount(folder)
            Files.remove(folder)
            Files.remove(cache)
        }
        await #expect(processExitsWith: .success) { [folder = folder as String, cache = cache as String] in
            unsafe setenv("TMPDIR", folder, 1)
            for storage in [PostgresStorage.automatic, .disk] {
                var options = PostgresOptions()
                options.cacheDirectory = cache
                options.storage = storage
                try await withPostgres(options) { server in
                    #expect(!server.parameters.host.hasPrefix(folder + "/"))
                }
            }
        }
    }

    @Test func `what a killed maker has left goes with the next start`() async throws {
        let folder = try Files.makeDirectory()
        defer { Files.remove(folder) }
        try Files.changeMode(folder, 0o755)
        let base = "\(folder)/sennit-postgres-\(geteuid())"
        await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder as String, base = base as String] in
            unsafe setenv("TMPDIR", folder, 1)
            let maker = Task {
                var options = PostgresOptions()
                options.cacheDirectory = folder + "/cache"
                try await withPostgres(options) { _ in }
            }
            // In the middle of it.
            while !Files.names(in: base).contains(where: { Files.exists("\(base)/\($0)/data/PG_VERSION") }) {
                await Task.yield()
            }
            kill(getpid(), SIGKILL)
            _ = try await maker.value
        }
        #expect(!Files.names(in: base).isEmpty)
        await #expect(processExitsWith: .success) { [folder = folder as String] in
            unsafe setenv("TMPDIR", folder, 1)
            var options = PostgresOptions()
            options.cacheDirectory = folder + "/cache"
            try await withPostgres(options) { _ in }
        }
        #expect(Files.names(in: base) == [])
        // A draft goes when its template is written anew.
        let name = try #require(Files.names(in: folder + "/cache").first { $0.hasSuffix(".template") })
        let key = name.dropLast(".template".count)
        try Files.write("half", to: "\(folder)/cache/\(key).1.draft")
        try Files.cut("\(folder)/cache/\(name)", at: 1000)
        var options = PostgresOptions()
        options.cacheDirectory = folder + "/cache"
        try await withPostgres(options) { _ in }
        #expect(Files.names(in: folder + "/cache").filter { $0.hasSuffix(".draft") } == [])
    }

    @Test func `a user without a name has a server all the same`() async throws {
        let folder = try Files.makeDirectory()
        defer { Files.remove(folder) }
        try Files.changeMode(folder, 0o777)
        // Root alone may become another user.
        guard geteuid() == 0 else { return }
        await #expect(processExitsWith: .success) { [folder = folder as String] in
            let user: uid_t = 54_321
            try #require(Self.becomeNameless(user))
            var options = PostgresOptions()
            options.cacheDirectory = folder + "/cache"
            options.tcp = true
            do {
                try await withPostgres(options) { server in
                    let value = try server.connect().query("SELECT 1")[0][0]
                    #expect(value == "1")
                    try await server.dump(to: folder + "/dump.sql")
                }
            } catch let error as EphemeralPostgresError where error.code == .templateFailed {
                // Where the system allows no namespaces: it says what to do.
                #expect(error.message.contains("libnss-wrapper"))
            }
        }
    }

    /// Makes this process that of a user whom the system does not know.
    private static func becomeNameless(_ user: uid_t) -> Bool {
        unsafe setenv("HOME", "/", 1)
        let isUnknown = unsafe getpwuid(user) == nil
        return isUnknown && setgroups(0, nil) == 0 && setgid(user) == 0 && setuid(user) == 0
    }
}
