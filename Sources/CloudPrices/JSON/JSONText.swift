/// Writes texts into JSON.
enum JSONText {
    /// Appends a text with what JSON wants escaped; quotes are the caller's.
    static func append(_ text: Span<UInt8>, to arena: inout ByteArena) {
        var start = 0
        for index in 0..<text.count {
            let byte = text[index]
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
            _ = arena.append(text.extracting(start..<index))
            start = index + 1
            if byte < 0x20 {
                let digits = Array("0123456789abcdef".utf8)
                let escape = Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
                _ = arena.append(escape.span)
            } else {
                let escape = [UInt8(ascii: "\\"), byte]
                _ = arena.append(escape.span)
            }
        }
        _ = arena.append(text.extracting(start..<text.count))
    }
}
