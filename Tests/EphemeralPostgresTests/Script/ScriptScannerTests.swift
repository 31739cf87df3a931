import EphemeralPostgres
import Testing

struct ScriptScannerTests {
    private func pieces(_ text: String) throws -> [String] {
        var text = text
        return try text.withUTF8 { bytes in
            let raw = UnsafeRawBufferPointer(bytes)
            var scanner = unsafe ScriptScanner(raw)
            var pieces: [String] = []
            while let piece = try scanner.next() {
                switch piece {
                case .statement(let range): pieces.append(unsafe String(decoding: raw[range], as: UTF8.self))
                case .commandInStatement(let range):
                    pieces.append(unsafe "…\\" + String(decoding: raw[range], as: UTF8.self))
                case .command(let range): pieces.append(unsafe "\\" + String(decoding: raw[range], as: UTF8.self))
                }
            }
            return pieces
        }
    }

    @Test(
        arguments: [
            ("", []), (" \n;; -- only\n", []), ("a; b", ["a", "b"]), ("a;\n-- c; d\nb;", ["a", "b"]),
            ("'a;''b'; c", ["'a;''b'", "c"]), ("\"a;\"\"\"; c", ["\"a;\"\"\"", "c"]),
            ("E'a\\';b'; c", ["E'a\\';b'", "c"]), ("'a\\'; c", ["'a\\'", "c"]), ("note'x;'; y", ["note'x;'", "y"]),
            ("$$a;$b$;$$; c", ["$$a;$b$;$$", "c"]), ("$t$a;$$;$t$; c", ["$t$a;$$;$t$", "c"]),
            ("SELECT $1; b", ["SELECT $1", "b"]), ("a$b$c; d$b$e", ["a$b$c", "d$b$e"]),
            ("a /* ; /* ; */ ; */ b; c", ["a /* ; /* ; */ ; */ b", "c"]),
            ("CREATE RULE r AS (a; b); c", ["CREATE RULE r AS (a; b)", "c"]),
            ("E'a''\\';b'; c", ["E'a''\\';b'", "c"]), ("E'a' -- x\n 'b\\';'; c", ["E'a' -- x\n 'b\\';'", "c"]),
            ("\u{FEFF}a; b", ["a", "b"]), ("a \\gexec\nb;", ["…\\gexec", "b"]), ("'\\g'; b", ["'\\g'", "b"]),
            ("\\restrict x\na;\n\\unrestrict x\n", ["\\restrict x", "a", "\\unrestrict x"]),
        ] as [(String, [String])])
    func `statements end where psql ends them`(text: String, expected: [String]) throws {
        #expect(try pieces(text) == expected)
    }

    @Test func `the body of a function in SQL is one statement`() throws {
        let function = """
            CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC
              SELECT CASE WHEN true THEN 1 ELSE 2 END; SELECT 3;
            END
            """
        #expect(try pieces(function + "; BEGIN; SELECT 1; END;") == [function, "BEGIN", "SELECT 1", "END"])
    }

    @Test(arguments: [("a; 'b;", 3), ("\"b", 0), ("/* /* */", 0), ("x $q$ $r$", 2)])
    func `what has no end is told with its start`(text: String, offset: Int) {
        let error = #expect(throws: ScriptEndError.self) { try pieces(text) }
        #expect(error?.offset == offset)
    }
}
