import ByteText
import EphemeralPostgres
import PostgresClient
import Testing

struct PostgresSyntaxTests {
    private static let marks = ["", "\u{301}", "\u{FE0F}", "\u{200D}", "\u{200C}"]
    /// Every byte of ASCII but zero, alone and with each mark behind it.
    private static let pieces = (1...127).flatMap { byte in marks.map { "\(Unicode.Scalar(UInt8(byte)))\($0)" } }

    @Test(arguments: ["on", "off"])
    func `a server reads back each literal, whatever its settings`(standard: String) async throws {
        try await withPostgres { server in
            let connection = try server.connect()
            defer { connection.close() }
            try connection.execute("SET standard_conforming_strings = \(standard); SET escape_string_warning = off")
            let texts = Self.pieces + Self.pieces.map { $0 + $0 } + ["'\u{301}); DROP TABLE t; --", "\\\u{301}'"]
            let list = texts.map(PostgresSyntax.literal).joined(separator: ", ")
            let rows = try connection.query("SELECT unnest(ARRAY[\(list)])")
            #expect(rows.map { $0[0]?.bytes } == texts.map { $0.bytes })
        }
    }

    @Test func `a server takes each name as it stands`() async throws {
        try await withPostgres { server in
            let connection = try server.connect()
            defer { connection.close() }
            let names = Self.pieces.map { "a" + $0 + "b" }
            for part in stride(from: 0, to: names.count, by: 300).map({ names[$0..<min($0 + 300, names.count)] }) {
                let list = part.map { "1 AS " + PostgresSyntax.identifier($0) }.joined(separator: ", ")
                let rows = try connection.query("SELECT \(list)")
                #expect(rows.columns.map(\.name.bytes) == part.map(\.bytes))
            }
        }
    }

    @Test func `columns whose names differ in their spelling are two`() async throws {
        try await withPostgres { server in
            let connection = try server.connect()
            defer { connection.close() }
            let rows = try connection.query("SELECT 1 AS \"é\", 2 AS \"e\u{301}\"")
            #expect(try rows[0].text("e\u{301}") == "2")
        }
    }
}
