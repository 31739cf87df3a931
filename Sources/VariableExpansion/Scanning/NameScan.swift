/// Where a name ends.
extension ScannedText {
    /// The end of the run of word characters at an offset, the offset itself if there is none.
    ///
    /// Word characters are those of Python's regular expressions: letters and whatever has a numeric value, in any
    /// script, and `_`. Marks that combine with a letter are not among them.
    @inline(__always)
    func endOfWord(from offset: Int) -> Int {
        var offset = offset
        while offset < count {
            let byte = byte(offset)
            if byte < 0x80 {
                guard ScannedText.isWordByte(byte) else { return offset }
                offset += 1
            } else {
                let next = endOfWordScalar(at: offset)
                guard next > offset else { return offset }
                offset = next
            }
        }
        return offset
    }

    /// The end of the identifier at an offset: an ASCII letter or `_`, then those and digits.
    func endOfIdentifier(from offset: Int) -> Int {
        guard !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte(offset)) else { return offset }
        var offset = offset
        while offset < count, ScannedText.isWordByte(byte(offset)) { offset += 1 }
        return offset
    }

    /// Letters, digits and `_` of ASCII.
    @inline(__always)
    static func isWordByte(_ byte: UInt8) -> Bool {
        // One bit for each character, from 0 to 63 and from 64 to 127.
        let mask: UInt64 = byte < 64 ? 0x03FF_0000_0000_0000 : 0x07FF_FFFE_87FF_FFFE
        return byte < 0x80 && mask >> (byte & 63) & 1 == 1
    }

    /// The offset after the scalar if it is a word character, else the offset.
    @inline(never)
    private func endOfWordScalar(at offset: Int) -> Int {
        // A string is always valid UTF-8, so the first byte tells the length.
        let first = UInt32(byte(offset))
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        var value = first & (0x7F >> UInt32(length))
        for index in 1..<length { value = value << 6 | UInt32(byte(offset + index)) & 0x3F }
        guard let scalar = Unicode.Scalar(value), ScannedText.isWordScalar(scalar) else { return offset }
        return offset + length
    }

    /// Whether Python's regular expressions take a scalar for a word character.
    static func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: scalar == "_" || scalar.properties.numericType != nil
        }
    }
}
