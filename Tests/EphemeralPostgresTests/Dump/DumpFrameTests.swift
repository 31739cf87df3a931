import EphemeralPostgres
import Testing

struct DumpFrameTests {
    private let start = "--\n-- PostgreSQL database dump\n--\n\n\\restrict KEY\n\nSET row_security = off;\n"
    private let end = "--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict KEY\n\n"

    private func part(_ key: String, _ body: String) -> String {
        (start + body + end).split(separator: "KEY", omittingEmptySubsequences: false).joined(separator: key)
    }

    @Test func `two parts become one dump with one key`() {
        let before = part("one", "\n--\n-- Name: t; Type: TABLE;\n--\n\nCREATE TABLE t ();\n\n\n")
        let after = part("two", "\n--\n-- Name: i; Type: INDEX;\n--\n\nCREATE INDEX i;\n\n\n")
        let frame = DumpFrame(before: before, after: after)
        #expect(frame.head == before.prefix(before.count - end.count))
        #expect(
            frame.tail == "--\n-- Name: i; Type: INDEX;\n--\n\nCREATE INDEX i;\n\n\n"
                + part("one", "").suffix(end.count))
    }

    @Test func `a key of one's own takes both places`() {
        let frame = DumpFrame(before: part("one", "\n"), after: part("two", ""), key: "mine")
        #expect(frame == DumpFrame(before: part("mine", "\n"), after: part("two", "")))
        #expect(frame.head.contains("\\restrict mine\n") && frame.tail.contains("\\unrestrict mine\n"))
        // Older versions have no key.
        #expect(DumpFrame(before: "a", after: "b", key: "mine").head == "a")
    }

    @Test func `constraints are dropped first`() {
        let before = part("k", "\nDROP TABLE t;\n--\n-- Name: t; Type: TABLE;\n--\n")
        let after = part("k", "\nALTER TABLE t DROP CONSTRAINT c;\n--\n-- Name: c; Type: CONSTRAINT;\n--\n")
        let frame = DumpFrame(before: before, after: after)
        #expect(frame.head.contains("off;\n\nALTER TABLE t DROP CONSTRAINT c;\n\nDROP TABLE t;\n"))
    }

    @Test func `a name may start with a mark that belongs to the letter before it`() {
        let before = part("k", "\n--\n-- Name: \u{301}t; Type: TABLE;\n--\n\nCREATE TABLE t ();\n\n\n")
        let after = part("k", "\n--\n-- Name: \u{301}i; Type: INDEX;\n--\n\nCREATE INDEX i;\n\n\n")
        let frame = DumpFrame(before: before, after: after)
        #expect(frame.tail.utf8.starts(with: "--\n-- Name: \u{301}i; Type: INDEX;\n--\n\nCREATE INDEX i;\n".utf8))
    }

    @Test func `nothing stays nothing`() {
        #expect(DumpFrame(before: "", after: "").head == "")
        let empty = DumpFrame(before: start + end, after: start + end)
        #expect(empty.head == start)
        #expect(empty.tail == end)
    }
}
