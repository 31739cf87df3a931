import EphemeralPostgres
import PostgresClient
import Testing

@Suite struct ScriptRunTests {
    @Test func `a script brings its data along`() async throws {
        try await withPostgres { server in
            let result = try await server.load(
                .text(
                    """
                    \\restrict abc
                    CREATE TABLE public.t (a int, b text);
                    COPY public.t (a, b) FROM stdin;
                    1\tone\\\\.
                    2\t\\N
                    \\.

                    copy t(a) From STDIN (FORMAT csv);
                    3
                    \\.
                    COPY t FROM stdin;
                    \\.
                    UPDATE t SET b = 'x;y' WHERE a = 2;
                    \\unrestrict abc
                    """))
            #expect(result.statements == 5)
            #expect(result.copiedRows == 3)
            let rows = try server.connect().query("SELECT b FROM t ORDER BY a")
            #expect(rows.map { $0[0] } == ["one\\.", "x;y", nil])
        }
    }

    @Test(arguments: [
        ("SELECT 1;\nSELECT\n  nope;", "line 3: column \"nope\" does not exist"),
        ("CREATE TABLE t (a int);\nCOPY t FROM stdin;\n1\nx\n\\.\n", "line 2: invalid input syntax"),
        ("CREATE TABLE t (a int);\nCOPY t FROM stdin;\n1\n", "line 3: the data of a COPY has no end"),
        ("\n\\connect other\n", "line 2: '\\connect' is a command of psql"),
        ("SELECT 1;\n\nSELECT 'abc", "line 3: a quoted text has no end"),
    ])
    func `what fails is named with its line`(script: String, message: String) async throws {
        try await withPostgres { server in
            let error = await #expect(throws: EphemeralPostgresError.self) { try await server.load(.text(script)) }
            #expect(error?.code == .scriptFailed)
            #expect(error?.message.contains("the script, " + message) == true, "\(error?.message ?? "")")
        }
    }

    @Test func `a file that is not there is an error, an empty one is not`() async throws {
        let directory = try Files.makeDirectory()
        defer { Files.remove(directory) }
        try Files.write("", to: directory + "/empty.sql")
        try await withPostgres { server in
            let nothing = try await server.load(.file(directory + "/empty.sql"))
            #expect(nothing == PostgresScriptResult())
            let error = await #expect(throws: EphemeralPostgresError.self) {
                try await server.load(.file(directory + "/none.sql"))
            }
            #expect(error?.message.contains("none.sql") == true)
            let folder = await #expect(throws: EphemeralPostgresError.self) {
                try await server.load(.file(directory))
            }
            #expect(folder?.message.contains("is no plain file") == true)
        }
    }
}
