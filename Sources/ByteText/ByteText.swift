/// A text as its UTF-8 bytes, for everything that another program reads: SQL, paths, headers, addresses, keys.
///
/// `Character` is the wrong unit there. A quotation mark followed by a combining accent is one `Character` that equals
/// no quotation mark, CR LF is one `Character` that is no line feed, and `==` of `String` holds for different bytes,
/// such as the two spellings of é, or a Greek question mark and a semicolon. Here texts are equal when their bytes are,
/// and every search is for bytes. What is searched for is valid UTF-8 itself, so a part never starts within a scalar.
package struct ByteText: Sendable, Hashable, Comparable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The text; compare it through this type alone.
    package let text: Substring

    package init(_ text: Substring) { self.text = text }
    package init(stringLiteral text: String) { self.text = text[...] }

    /// The bytes.
    package var utf8: Substring.UTF8View { text.utf8 }
    /// The text by itself, without what it was cut from.
    package var string: String { String(text) }
    package var description: String { string }
    package var isEmpty: Bool { text.isEmpty }

    package static func == (left: ByteText, right: ByteText) -> Bool { left.utf8.elementsEqual(right.utf8) }
    package static func < (left: ByteText, right: ByteText) -> Bool { left.utf8.lexicographicallyPrecedes(right.utf8) }

    package func hash(into hasher: inout Hasher) {
        for byte in utf8 { hasher.combine(byte) }
        hasher.combine(0xFF as UInt8)
    }
}

extension StringProtocol {
    /// The text as its bytes.
    package var bytes: ByteText { ByteText(Substring(self)) }
}

extension ByteText {
    package func hasStart(_ start: ByteText) -> Bool { utf8.starts(with: start.utf8) }

    package func hasEnd(_ end: ByteText) -> Bool {
        utf8.count >= end.utf8.count && utf8.suffix(end.utf8.count).elementsEqual(end.utf8)
    }

    /// What follows a start; nil if the text starts otherwise.
    package func withoutStart(_ start: ByteText) -> ByteText? {
        hasStart(start) ? ByteText(Substring(utf8.dropFirst(start.utf8.count))) : nil
    }

    /// What stands before an end; nil if the text ends otherwise.
    package func withoutEnd(_ end: ByteText) -> ByteText? {
        hasEnd(end) ? ByteText(Substring(utf8.dropLast(end.utf8.count))) : nil
    }

    package func holds(_ part: ByteText) -> Bool { range(of: part) != nil }

    /// The first place of a part that is not empty.
    package func range(of part: ByteText) -> Range<Substring.Index>? {
        guard let first = part.utf8.first else { return nil }
        var start = utf8.startIndex
        while let found = utf8[start...].firstIndex(of: first) {
            if utf8[found...].starts(with: part.utf8) {
                return found..<utf8.index(found, offsetBy: part.utf8.count)
            }
            start = utf8.index(after: found)
        }
        return nil
    }

    /// What stands before and after the first place of a part.
    package func cut(at part: ByteText) -> (before: ByteText, after: ByteText)? {
        range(of: part).map { (ByteText(text[..<$0.lowerBound]), ByteText(text[$0.upperBound...])) }
    }

    /// What stands before and after the last place of an ASCII mark.
    package func cut(atLast mark: Unicode.Scalar) -> (before: ByteText, after: ByteText)? {
        utf8.lastIndex(of: UInt8(ascii: mark)).map {
            (ByteText(text[..<$0]), ByteText(Substring(utf8[utf8.index(after: $0)...])))
        }
    }

    /// The parts between ASCII marks, the empty ones among them: from one to the limit, of which the last one has the
    /// marks that are left.
    package func parts(at mark: Unicode.Scalar, limit: Int = .max) -> [ByteText] {
        utf8.split(separator: UInt8(ascii: mark), maxSplits: limit - 1, omittingEmptySubsequences: false)
            .map { ByteText(Substring($0)) }
    }

    /// The lines, each without its LF or CR LF; a text that ends with one has no empty line after it.
    package var lines: [ByteText] {
        let lines = parts(at: "\n")
        return (lines.last?.isEmpty == true ? lines.dropLast() : lines[...]).map { $0.withoutEnd("\r") ?? $0 }
    }

    /// The parts between blanks of ASCII, none of them empty.
    package var words: [ByteText] { utf8.split(whereSeparator: Self.isBlank).map { ByteText(Substring($0)) } }

    /// The text without the blanks of ASCII around it.
    package var trimmed: ByteText {
        let rest = utf8.drop(while: Self.isBlank)
        guard let last = rest.lastIndex(where: { !Self.isBlank($0) }) else { return "" }
        return ByteText(Substring(rest[...last]))
    }

    /// The text with another part in each place of a part.
    package func replaced(_ part: ByteText, with other: ByteText) -> String {
        var (result, rest) = ("", self)
        while let (before, after) = rest.cut(at: part) {
            result += before.text
            result += other.text
            rest = after
        }
        return result + rest.text
    }

    /// Whether every byte is one of an ASCII letter, a digit or a listed mark.
    package func isMade(ofLettersDigitsAnd marks: StaticString) -> Bool {
        let marks = ByteText("\(marks)")
        return utf8.allSatisfy { Self.isLetter($0) || Self.isDigit($0) || marks.utf8.contains($0) }
    }

    /// A blank of ASCII: space, tab, line feed, vertical tab, form feed, carriage return.
    package static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    /// A letter of ASCII.
    package static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
    /// A digit of ASCII.
    package static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
