/// A place in a text as people count.
struct TextPosition: Hashable {
    /// From 1.
    var line = 1
    /// In Unicode scalars, from 1.
    var column = 1

    /// Moves over the bytes in a range, which starts at this place.
    mutating func move(over range: Range<Int>, of text: ScannedText) {
        for offset in range {
            let byte = text.byte(offset)
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
    }

    /// The place of an offset.
    static func of(_ offset: Int, in text: ScannedText) -> TextPosition {
        var position = TextPosition()
        position.move(over: 0..<offset, of: text)
        return position
    }
}
