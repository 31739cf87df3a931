import EphemeralPostgres
import PostgresClient
import Testing

@Suite struct CopyTests {
    private struct Failure: Error {}

    @Test func `text goes in and out as it is`() async throws {
        try await withPostgres { server in
            let connection = try server.connect()
            try connection.execute("CREATE TABLE t (a int, b text)")
            let lines = (0..<20_000).map { "\($0)\tü\\t\($0)\n" }.joined()
            #expect(try connection.copyIn("COPY t FROM STDIN") { try $0.write(text: lines) } == 20_000)
            var bytes: [UInt8] = []
            var chunks = 0
            let rows = try connection.copyOut("COPY (SELECT * FROM t ORDER BY a) TO STDOUT") { chunk in
                unsafe chunk.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
                #expect(bytes.last == UInt8(ascii: "\n"))
                chunks += 1
            }
            #expect(rows == 20_000)
            #expect(chunks > 1)
            #expect(String(decoding: bytes, as: UTF8.self) == lines)
        }
    }

    @Test func `a closure that throws leaves nothing in the table`() async throws {
        try await withPostgres { server in
            let connection = try server.connect()
            try connection.execute("CREATE TABLE t (a int)")
            #expect(throws: Failure.self) {
                try connection.copyIn("COPY t FROM STDIN") { writer in
                    try writer.write(text: "1\n")
                    throw Failure()
                }
            }
            #expect(throws: Failure.self) {
                try connection.copyOut("COPY (SELECT generate_series(1, 100000000)) TO STDOUT") { _ in throw Failure() }
            }
            #expect(try connection.query("SELECT count(*) FROM t")[0][0] == "0")
        }
    }

    @Test func `a row that the server refuses ends the COPY early, with the server's words`() async throws {
        try await withPostgres { server in
            let connection = try server.connect()
            try connection.execute("CREATE TABLE t (a int)")
            var writes = 0
            let error = #expect(throws: PostgresError.self) {
                try connection.copyIn("COPY t FROM STDIN") { writer in
                    try writer.write(text: "1\nx\n")
                    let block = String(repeating: "2\n", count: 100_000)
                    while writes < 1_000_000 {
                        try writer.write(text: block)
                        writes += 1
                    }
                }
            }
            #expect(error?.sqlState == "22P02")
            #expect(error?.context == "COPY t, line 2, column a: \"x\"")
            #expect(writes < 1_000_000)
            #expect(try connection.query("SELECT count(*) FROM t")[0][0] == "0")
        }
    }

    @Test func `a writer is of no use after its COPY, and a COPY needs a statement that is one`() async throws {
        try await withPostgres { server in
            let connection = try server.connect()
            try connection.execute("CREATE TABLE t (a int)")
            var kept: PostgresCopyWriter?
            try connection.copyIn("COPY t FROM STDIN") { kept = $0 }
            let late = #expect(throws: PostgresError.self) { try kept?.write(text: "1\n") }
            #expect(late?.code == .misuse)
            for statement in ["SELECT 1", "COPY t TO STDOUT", "COPY nope FROM STDIN"] {
                #expect(throws: PostgresError.self) { try connection.copyIn(statement) { _ in } }
                #expect(try connection.query("SELECT 1")[0][0] == "1")
            }
        }
    }
}

extension PostgresCopyWriter {
    func write(text: String) throws { try unsafe write(text.utf8Span.span.bytes) }
}
