#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The bytes of a text in UTF-8, to look at by offset.
// Safety: `with` alone makes a value, from the buffer of a string that lives as long as the closure runs; nothing keeps
// a value longer. Every offset that is read is compared with `count` first, and ranges come from scans of this text.
@safe struct ScannedText {
    private let buffer: UnsafeBufferPointer<UInt8>

    static let dollar = UInt8(ascii: "$")

    /// Calls a function with the bytes of a string.
    static func with<Value>(
        _ text: String, _ body: (ScannedText) throws(VariableExpansionError) -> Value
    ) throws(VariableExpansionError) -> Value {
        var text = text
        let result: Result<Value, VariableExpansionError> = text.withUTF8 { bytes in
            let scanned = unsafe ScannedText(buffer: bytes)
            return Result { () throws(VariableExpansionError) in try body(scanned) }
        }
        return try result.get()
    }

    @inline(__always)
    var count: Int { unsafe buffer.count }

    /// The byte at an offset, or 0 from the end on.
    @inline(__always)
    func byte(_ offset: Int) -> UInt8 { offset < count ? unsafe buffer[offset] : 0 }

    /// The offset of the next such byte, or nil.
    @inline(__always)
    func first(_ byte: UInt8, from offset: Int) -> Int? {
        // What is near is found sooner than a function is called.
        let near = min(offset + 16, count)
        var offset = offset
        while offset < near {
            if unsafe buffer[offset] == byte { return offset }
            offset += 1
        }
        guard offset < count, let start = unsafe buffer.baseAddress else { return nil }
        guard let found = unsafe memchr(start + offset, Int32(byte), count - offset) else { return nil }
        return unsafe UnsafeRawPointer(start).distance(to: UnsafeRawPointer(found))
    }

    /// The bytes in a range.
    @inline(__always)
    func bytes(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        unsafe UnsafeBufferPointer(rebasing: buffer[range])
    }

    /// The text in a range.
    func string(_ range: Range<Int>) -> String { unsafe String(decoding: bytes(range), as: UTF8.self) }

    /// Whether two ranges of the same length hold the same bytes.
    func equal(_ first: Int, _ second: Int, length: Int) -> Bool {
        unsafe bytes(first..<first + length).elementsEqual(bytes(second..<second + length))
    }

    /// The last bytes in a range, at most eight, as a number: with the length, all of a short range.
    @inline(__always)
    func lastWord(of range: Range<Int>) -> UInt64 {
        if range.count >= 8 { return word(range.upperBound - 8) }
        if range.lowerBound + 8 <= count {
            return word(range.lowerBound) & (1 << UInt64(range.count * 8) - 1)
        }
        var value: UInt64 = 0
        for offset in range.reversed() { value = value << 8 | UInt64(unsafe buffer[offset]) }
        return value
    }

    /// A hash of the bytes in a range, of which the last ones are at hand.
    @inline(__always)
    func hash(_ range: Range<Int>, lastWord: UInt64) -> UInt64 {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(range.count)
        var offset = range.lowerBound
        while offset + 8 < range.upperBound {
            state = ScannedText.mix(state ^ word(offset))
            offset += 8
        }
        return ScannedText.mix(state ^ lastWord)
    }

    @inline(__always)
    private func word(_ offset: Int) -> UInt64 {
        UInt64(
            littleEndian: unsafe UnsafeRawBufferPointer(buffer).loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    @inline(__always)
    private static func mix(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
        return product.high ^ product.low
    }
}
