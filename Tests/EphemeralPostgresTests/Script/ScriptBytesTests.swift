import EphemeralPostgres
import PostgresClient
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// A script is bytes in the session's encoding, and stands for what psql would read in it.
@Suite struct ScriptBytesTests {
    /// What a script has put into its table.
    @discardableResult
    private func run(_ script: [UInt8]) async throws -> String? {
        let folder = try Files.makeDirectory()
        defer { Files.remove(folder) }
        let path = folder + "/script.sql"
        try Files.write(script, to: path)
        return try await withPostgres { server in
            let connection = try server.connect()
            try connection.run(.file(path))
            // Later statements are in UTF-8 again, whatever the script has left.
            let isRead = try connection.query("SELECT 'é' = chr(233)")[0][0]
            #expect(isRead == "t")
            return try connection.query("SELECT string_agg(a, '|' ORDER BY n) FROM t")[0][0]
        }
    }

    private static let table = Array("CREATE TABLE t (n serial, a text);\n".utf8)

    @Test func `bytes that are not UTF-8 are refused, not replaced`() async throws {
        let error = await #expect(throws: EphemeralPostgresError.self) {
            let script = Self.table + Array("\nINSERT INTO t (a) VALUES ('caf".utf8) + [0xE9] + Array("');".utf8)
            try await run(script)
        }
        #expect(error?.cause?.sqlState == "22021")
        #expect(error?.message.contains("script.sql, line 3: invalid byte sequence") == true, "\(error?.message ?? "")")
    }

    @Test func `after a change of the encoding bytes are converted, in statements and in COPY`() async throws {
        let script =
            Self.table + Array("SET client_encoding = 'LATIN1';\nINSERT INTO t (a) VALUES ('caf".utf8) + [0xE9]
            + Array("');\nCOPY t (a) FROM stdin;\n".utf8) + [0xFC, 0x0A] + Array("\\.\n".utf8)
        let value = try await run(script)
        #expect(value == "café|ü")
    }

    @Test(arguments: [
        ("SJIS", [0x83, 0x5C] as [UInt8], "ソ"), ("SJIS", [0x83, 0x5C, 0x83, 0x7C], "ソポ"), ("BIG5", [0xA5, 0x5C], "功"),
        ("GBK", [0x81, 0x5C], "乗"), ("GB18030", [0x81, 0x5C], "乗"), ("UHC", [0xB0, 0xA1], "가"),
    ])
    func `half a character that looks like a backslash is none`(name: String, bytes: [UInt8], text: String) async throws
    {
        let script =
            Self.table + Array("SET client_encoding = '\(name)';\nINSERT INTO t (a) VALUES (E'".utf8) + bytes
            + Array("');INSERT INTO t (a) VALUES ('".utf8) + bytes + Array(";');\n".utf8)
        let value = try await run(script)
        #expect(value == "\(text)|\(text);")
    }

    @Test func `a byte order mark is not a part of the script`() async throws {
        let value = try await run([0xEF, 0xBB, 0xBF] + Self.table + Array("INSERT INTO t (a) VALUES ('ü');".utf8))
        #expect(value == "ü")
    }

    @Test func `backslashes mean what the session says`() async throws {
        let script = """
            SET standard_conforming_strings = off; SET escape_string_warning = off;
            INSERT INTO t (a) VALUES ('a\\';b');
            SET standard_conforming_strings = on; INSERT INTO t (a) VALUES ('c\\'); INSERT INTO t (a) VALUES (E'd'
            'e\\';f');
            """
        let value = try await run(Self.table + Array(script.utf8))
        #expect(value == "a';b|c\\|de';f")
    }

    @Test func `rows that a script asks for are passed over`() async throws {
        let rows = "SELECT repeat('x', 1000) FROM generate_series(1, 20000);\n"
        let value = try await run(
            Self.table + Array((rows + "COPY (SELECT 'x') TO STDOUT;\nINSERT INTO t (a) VALUES ('after');").utf8))
        #expect(value == "after")
    }

    @Test func `a zero byte is an error with its line`() async throws {
        let error = await #expect(throws: EphemeralPostgresError.self) {
            try await run(Self.table + Array("SELECT 'a".utf8) + [0] + Array("b';".utf8))
        }
        #expect(error?.message.contains("line 2: the statement holds a zero character") == true)
    }

    @Test func `a command of psql inside of a statement is named, and nothing of it is run`() async throws {
        let error = await #expect(throws: EphemeralPostgresError.self) {
            try await run(Self.table + Array("SELECT 1\n  \\gexec\n".utf8))
        }
        #expect(error?.message.contains("line 3: '\\gexec' is a command of psql") == true, "\(error?.message ?? "")")
    }

    @Test func `a task that is cancelled ends the statement that it waits for`() async throws {
        try await withPostgres { server in
            let task = Task { try await server.load(.text("SELECT pg_sleep(100)")) }
            let watcher = try server.connect()
            let isAsleep = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
            while try watcher.query(isAsleep)[0][0] != "1" { await Task.yield() }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try watcher.query(isAsleep)[0][0] == "0")
        }
    }

    /// psql, which reads the same scripts, is the judge: what it makes of a script is what `run` makes of it.
    @Test(arguments: 0..<4) func `a random script has the effect that it has in psql`(seed: UInt64) async throws {
        var random = SeededScripts(seed)
        let folder = try Files.makeDirectory()
        defer { Files.remove(folder) }
        let scripts = (0..<12).map { _ in random.script(after: Self.table) }
        try await withPostgres { server in
            let psql = server.binariesDirectory + "/psql"
            let isThere = unsafe access(psql, X_OK) == 0
            guard isThere else { return }
            let connection = try server.connect()
            for (index, script) in scripts.enumerated() {
                try Files.write(script, to: folder + "/\(index).sql")
                let expected = await Self.outcome(connection) {
                    try Self.psql(psql, server, folder + "/\(index).sql")
                }
                let found = await Self.outcome(connection) {
                    _ = try await server.load(.file(folder + "/\(index).sql"))
                }
                #expect(found == expected, "seed \(seed), script \(index): \(String(decoding: script, as: UTF8.self))")
            }
        }
    }

    /// What a script has put into its table, and whether it has come to its end.
    private static func outcome(_ connection: PostgresConnection, _ load: () async throws -> Void) async -> String {
        _ = try? connection.execute("DROP TABLE IF EXISTS t")
        var end = "whole"
        do { try await load() } catch { end = "failed" }
        let rows = try? connection.query(
            "SELECT string_agg(encode(convert_to(a, 'UTF8'), 'hex'), '|' ORDER BY n) FROM t")
        return "\(end) \(rows?.first?[0] ?? "nothing")"
    }

    private static func psql(_ program: String, _ server: PostgresServer, _ path: String) throws {
        struct Failure: Error {}
        let command = """
            '\(program)' -X -q -v ON_ERROR_STOP=1 -h '\(server.parameters.host)' -U postgres -d postgres -f '\(path)' \
            >/dev/null 2>&1
            """
        if unsafe system(command) != 0 { throw Failure() }
    }
}

/// Scripts of random pieces, each of which changes how the rest is to be read.
private struct SeededScripts {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    private mutating func next(_ bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(bound))
    }

    private static let settings = [
        "SET client_encoding = 'LATIN1';\n", "SET client_encoding = 'UTF8';\n", "SET client_encoding = 'SJIS';\n",
        "SET client_encoding = 'GBK';\n", "SET standard_conforming_strings = off;\n",
        "SET standard_conforming_strings = on;\n", "BEGIN;\n", "COMMIT;\n", "-- it's; a comment\n",
        "/* a; /* nested */ ' */\n", ";\n", "DO $x$ BEGIN PERFORM ';'; END $x$;\n",
        "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END;\n",
    ]
    private static let quotes = [("'", "'"), ("E'", "'"), ("$a$", "$a$"), ("$$", "$$"), ("U&'", "'"), ("N'", "'")]
    private static let inner: [[UInt8]] = [
        [0xE9], [0xC3, 0xA9], [0x83, 0x5C], [0x81, 0x5C], Array("''".utf8), Array("\\\\".utf8), Array("\\'".utf8),
        Array(";".utf8), Array("--".utf8), Array("/*".utf8), Array("$".utf8), Array("\n".utf8), Array("a".utf8),
        Array("'\n'".utf8), Array("\"".utf8), [0xF0, 0x9F, 0x98, 0x80], Array("\u{301}".utf8),
    ]

    mutating func script(after start: [UInt8]) -> [UInt8] {
        var script: [UInt8] = (next(4) == 0 ? [0xEF, 0xBB, 0xBF] : []) + start
        for _ in 0..<1 + next(8) {
            if next(3) == 0 {
                script += Array(Self.settings[next(Self.settings.count)].utf8)
                continue
            }
            let (open, close) = Self.quotes[next(Self.quotes.count)]
            script += Array("INSERT INTO t (a) VALUES (\(open)".utf8)
            for _ in 0..<next(5) { script += Self.inner[next(Self.inner.count)] }
            script += Array("\(close));\n".utf8)
        }
        return script
    }
}
