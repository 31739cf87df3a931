import EphemeralPostgres
import PostgresClient
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct TemplateTests {
    private func options(_ cache: String) -> PostgresOptions {
        var options = PostgresOptions()
        options.cacheDirectory = cache
        return options
    }

    private func templates(_ cache: String) -> [String] {
        Files.names(in: cache).filter { !$0.hasSuffix(".lock") }
    }

    @Test func `two processes that need the same template make one`() async throws {
        let cache = try Files.makeDirectory()
        defer { Files.remove(cache) }
        async let first: Void = start(cache)
        async let second: Void = start(cache)
        _ = try await (first, second)
        let names = templates(cache)
        #expect(names.count == 1 && names[0].hasSuffix(".template"))
    }

    private func start(_ cache: String) async throws {
        await #expect(processExitsWith: .success) { [cache] in
            var options = PostgresOptions()
            options.cacheDirectory = cache
            try await withPostgres(options) { server in
                let value = try server.connect().query("SELECT 1")[0][0]
                #expect(value == "1")
            }
        }
    }

    @Test func `a template that is damaged, cut short or empty is made again`() async throws {
        let cache = try Files.makeDirectory()
        defer { Files.remove(cache) }
        try await withPostgres(options(cache)) { _ in }
        let path = cache + "/" + (try #require(templates(cache).first))
        // A draft that somebody was killed over is in nobody's way.
        try Files.write("half", to: path + ".draft")
        try Files.overwrite(path, at: 1_000_000, with: "damage")
        try await withPostgres(options(cache)) { server in
            let value = try server.connect().query("SELECT 1")[0][0]
            #expect(value == "1")
        }
        try Files.cut(path, at: 4_000_000)
        try await withPostgres(options(cache)) { server in
            let value = try server.connect().query("SELECT 1")[0][0]
            #expect(value == "1")
        }
    }

    @Test func `an archive gives back what was put in, and nothing that was changed`() throws {
        let directory = try Files.makeDirectory()
        defer { Files.remove(directory) }
        try Files.makeDirectory(directory + "/inner")
        try Files.write("text", to: directory + "/inner/a")
        try Files.write("", to: directory + "/empty")
        try Files.write("omitted", to: directory + "/omitted")
        var archive = try TemplateArchive.make(of: directory, leavingOut: { $0 == "omitted" })
        let entries = try #require(unsafe TemplateArchive.entries(of: archive.span.bytes))
        #expect(entries.map(\.path) == ["empty", "inner", "inner/a"])
        #expect(entries.map(\.isDirectory) == [false, true, false])
        #expect(entries[2].size == 4)
        for index in [0, 9, 20, archive.count - 1] {
            archive[index] ^= 1
            #expect(unsafe TemplateArchive.entries(of: archive.span.bytes) == nil)
            archive[index] ^= 1
        }
        for count in 0..<archive.count {
            #expect(unsafe TemplateArchive.entries(of: archive.span.extracting(0..<count).bytes) == nil)
        }
    }
}
