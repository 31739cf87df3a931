/// Escapes in JSON's texts.
enum JSONEscapes {
    /// Replaces each escape by what it means, which is never longer, and gives the new length.
    ///
    /// - Returns: `nil` if an escape is not one of JSON's, or half a surrogate pair, or is zero: JSON has it, and no
    ///   text of a database.
    static func remove(from text: inout MutableSpan<UInt8>) -> Int? {
        var position = 0
        while position < text.count, text[position] != UInt8(ascii: "\\") { position += 1 }
        var length = position
        while position < text.count {
            let byte = text[position]
            position += 1
            guard byte == UInt8(ascii: "\\") else {
                text[length] = byte
                length += 1
                continue
            }
            guard position < text.count else { return nil }
            let kind = text[position]
            position += 1
            if kind == UInt8(ascii: "u") {
                guard let scalar = scalar(text.span, at: &position), scalar.value != 0 else { return nil }
                for unit in UTF8.encode(scalar) ?? .init() {
                    text[length] = unit
                    length += 1
                }
            } else {
                guard let plain = plain(kind) else { return nil }
                text[length] = plain
                length += 1
            }
        }
        return length
    }

    private static func plain(_ kind: UInt8) -> UInt8? {
        switch kind {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): kind
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: nil
        }
    }

    private static func scalar(_ text: Span<UInt8>, at position: inout Int) -> Unicode.Scalar? {
        guard let high = unit(text, at: &position) else { return nil }
        guard (0xD800..<0xDC00).contains(high) else { return Unicode.Scalar(high) }
        guard position + 6 <= text.count, text[position] == UInt8(ascii: "\\"), text[position + 1] == UInt8(ascii: "u")
        else { return nil }
        position += 2
        guard let low = unit(text, at: &position), (0xDC00..<0xE000).contains(low) else { return nil }
        return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    }

    private static func unit(_ text: Span<UInt8>, at position: inout Int) -> UInt32? {
        guard position + 4 <= text.count else { return nil }
        var value: UInt32 = 0
        for index in position..<position + 4 {
            let byte = text[index]
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            value = value << 4 | UInt32(digit)
        }
        position += 4
        return value
    }
}

/// JSON's notation of numbers.
enum JSONNumber {
    /// Whether a number or word ends before this byte.
    @inline(__always)
    static func ends(at byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"), UInt8(ascii: ","),
            UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ":"), UInt8(ascii: "{"), UInt8(ascii: "["),
            UInt8(ascii: "\""):
            true
        default: false
        }
    }

    /// Whether this is a number by JSON's grammar: no `+`, no leading zeros, digits on both sides of a point.
    static func isNumber(_ text: Span<UInt8>) -> Bool {
        var position = 0
        func digits() -> Int {
            var end = position
            while end < text.count, text[end] &- UInt8(ascii: "0") < 10 { end += 1 }
            return end - position
        }
        if position < text.count, text[position] == UInt8(ascii: "-") { position += 1 }
        let whole = digits()
        guard whole == 1 || (whole > 1 && text[position] != UInt8(ascii: "0")) else { return false }
        position += whole
        if position < text.count, text[position] == UInt8(ascii: ".") {
            position += 1
            let fraction = digits()
            guard fraction > 0 else { return false }
            position += fraction
        }
        if position < text.count, text[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < text.count, text[position] == UInt8(ascii: "-") || text[position] == UInt8(ascii: "+") {
                position += 1
            }
            let exponent = digits()
            guard exponent > 0 else { return false }
            position += exponent
        }
        return position == text.count
    }
}
