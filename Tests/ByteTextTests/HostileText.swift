import SennitTesting

/// Texts in which a special byte is followed by what makes one `Character` of both, and scalars that equal a special
/// byte to `==` alone.
enum HostileText {
    /// A combining accent, a variation selector, a joiner, and the zero-width non-joiner.
    static let marks: [Unicode.Scalar] = ["\u{301}", "\u{FE0F}", "\u{200D}", "\u{200C}"]
    /// Equal to `;`, a backtick and K by canonical equivalence.
    static let lookalikes: [Unicode.Scalar] = ["\u{37E}", "\u{1FEF}", "\u{212A}"]
    /// Every byte of ASCII but zero.
    static let bytes = (1...127).map { Unicode.Scalar(UInt8($0)) }

    /// A text of up to so many pieces, each a byte of the given ones with or without a mark, or something else.
    static func random(_ specials: [Unicode.Scalar], upTo count: Int, using generator: inout SeededGenerator) -> String
    {
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...count, using: &generator) {
            switch Int.random(in: 0..<8, using: &generator) {
            case 0...3: text.append(specials.randomElement(using: &generator) ?? " ")
            case 4: text.append(lookalikes.randomElement(using: &generator) ?? " ")
            case 5: text.append(contentsOf: ["e", "\u{301}"])
            default: text.append(bytes.randomElement(using: &generator) ?? " ")
            }
            if Bool.random(using: &generator), let mark = marks.randomElement(using: &generator) { text.append(mark) }
        }
        return String(text)
    }
}
