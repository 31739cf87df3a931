import ByteText
import SennitTesting
import Testing

struct ByteTextTests {
    /// The same text, byte for byte as characters of their own: there `String` and bytes mean the same.
    private func plain(_ text: some StringProtocol) -> [UInt8] { Array(text.utf8) }

    @Test func `cut, found and replaced as bytes are`() async throws {
        let specials: [Unicode.Scalar] = ["'", "\\", "/", "\n", "\r", "=", ":", " "]
        try await forEachSeed(2000) { seed in
            var generator = SeededGenerator(seed: seed)
            let text = HostileText.random(specials, upTo: 12, using: &generator)
            for mark in specials {
                let expected = plain(text).split(separator: UInt8(ascii: mark), omittingEmptySubsequences: false)
                try #require(text.bytes.parts(at: mark).map { plain($0.text) } == expected.map(Array.init))
                try #require(text.bytes.holds(ByteText("\(mark)")) == text.utf8.contains(UInt8(ascii: mark)))
                let doubled = plain(text).flatMap { $0 == UInt8(ascii: mark) ? [$0, $0] : [$0] }
                let found = text.bytes.replaced(ByteText("\(mark)"), with: ByteText("\(mark)\(mark)"))
                try #require(plain(found) == doubled)
                try #require(text.bytes.hasStart(ByteText("\(mark)")) == (text.utf8.first == UInt8(ascii: mark)))
                try #require(text.bytes.hasEnd(ByteText("\(mark)")) == (text.utf8.last == UInt8(ascii: mark)))
            }
            let other = HostileText.random(specials, upTo: 2, using: &generator)
            try #require((text.bytes == other.bytes) == (plain(text) == plain(other)))
            if let (before, after) = text.bytes.cut(at: other.bytes) {
                try #require(plain(before.text) + plain(other) + plain(after.text) == plain(text))
            }
        }
    }

    @Test func `lines, words and blanks`() {
        #expect("a\r\nb\n\nc\r\n".bytes.lines == ["a", "b", "", "c"])
        #expect("a\n\u{301}b".bytes.lines == ["a", "\u{301}b"])
        #expect(" a\t b\r\nc \u{301}".bytes.words == ["a", "b", "c", "\u{301}"])
        #expect("\r\n a b \u{A0}\n".bytes.trimmed == "a b \u{A0}")
    }

    @Test func `spellings of one letter are two texts`() {
        #expect("é".bytes != "e\u{301}".bytes)
        #expect(Set(["é".bytes, "e\u{301}".bytes]).count == 2)
        #expect(";".bytes != "\u{37E}".bytes)
        #expect(!"a\u{37E}".bytes.hasEnd(";"))
    }

    @Test func `the last mark cuts`() throws {
        let (folder, name) = try #require("a/b/\u{301}c".bytes.cut(atLast: "/"))
        #expect(folder == "a/b" && name == "\u{301}c")
        #expect("abc".bytes.cut(atLast: "/") == nil)
    }
}
