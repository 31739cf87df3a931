/// Text on its way to a terminal, from which nothing but text may arrive there.
///
/// What steps, servers, files and users say may hold sequences that move the cursor, change colours, the title or the
/// clipboard, or turn the order of letters around. It is read as bytes: a mark that combines with a control character
/// would hide it within one `Character`.
package enum TerminalOutput {
    private static let escape: UInt8 = 0x1B
    private static let newline: UInt8 = 0x0A
    private static let carriageReturn: UInt8 = 0x0D
    private static let tab: UInt8 = 0x09

    /// What stands in front of a byte that the program itself means for the terminal.
    ///
    /// No text can hold it but by guessing 128 bits that are made anew in each process.
    private static let mark: [UInt8] =
        [escape] + Array("\(String(UInt64.random(in: 0 ... .max), radix: 16)).".utf8)
        + Array("\(String(UInt64.random(in: 0 ... .max), radix: 16)):".utf8)
    private static let markText = String(decoding: mark, as: UTF8.self)

    /// A sequence of the program's own, such as a colour, in a form that ``clean(_:)`` lets through: each control
    /// character in it is marked.
    package static func control(_ sequence: String) -> String {
        var text = ""
        for scalar in sequence.unicodeScalars {
            if scalar.value < 0x20 { text += markText }
            text.unicodeScalars.append(scalar)
        }
        return text
    }

    /// The text with every control character written out, as `\u001b`.
    ///
    /// Ends of lines and tabulators stay; an end of line of two characters becomes one. Control characters are those of
    /// C0 and C1, the separators of lines and paragraphs, and those that turn the direction of writing. As they are
    /// written as JSON writes them, a line of JSON says the same as before.
    package static func clean(_ text: String) -> String {
        guard text.utf8.contains(where: isSuspicious) else { return text }
        let bytes = Array(text.utf8)
        var clean: [UInt8] = []
        clean.reserveCapacity(bytes.count + 16)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == escape, isMark(bytes, at: index), index + mark.count < bytes.count {
                clean.append(bytes[index + mark.count])
                index += mark.count + 1
            } else if byte == carriageReturn, index + 1 < bytes.count, bytes[index + 1] == newline {
                index += 1
            } else if byte != newline, byte != tab, byte < 0x20 || byte == 0x7F {
                append(UInt32(byte), to: &clean)
                index += 1
            } else if let (scalar, length) = hidden(bytes, at: index) {
                append(scalar, to: &clean)
                index += length
            } else {
                clean.append(byte)
                index += 1
            }
        }
        return String(decoding: clean, as: UTF8.self)
    }

    /// Whether a byte may begin something that must not arrive.
    private static func isSuspicious(_ byte: UInt8) -> Bool {
        byte < 0x20 && byte != newline && byte != tab || [0x7F, 0xC2, 0xE2].contains(byte)
    }

    private static func isMark(_ bytes: [UInt8], at index: Int) -> Bool {
        bytes[index...].starts(with: mark)
    }

    /// A control character of several bytes: C1, a separator, or one that turns the direction.
    private static func hidden(_ bytes: [UInt8], at index: Int) -> (scalar: UInt32, length: Int)? {
        if bytes[index] == 0xC2, index + 1 < bytes.count, (0x80...0x9F).contains(bytes[index + 1]) {
            return (UInt32(bytes[index + 1]), 2)
        }
        guard bytes[index] == 0xE2, index + 2 < bytes.count, [0x80, 0x81].contains(bytes[index + 1]) else {
            return nil
        }
        let scalar = 0x2000 | UInt32(bytes[index + 1] & 0x3F) << 6 | UInt32(bytes[index + 2] & 0x3F)
        return (0x2028...0x202E).contains(scalar) || (0x2066...0x2069).contains(scalar) ? (scalar, 3) : nil
    }

    private static func append(_ scalar: UInt32, to bytes: inout [UInt8]) {
        let digits = String(scalar, radix: 16)
        bytes += Array(("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
    }
}
