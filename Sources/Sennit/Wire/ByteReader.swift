/// A cursor over bytes owned by somebody else; every read is checked against the end.
///
/// Reads throw `WireError` and never trap, whatever the bytes are.
// Safety: making a reader is `@unsafe`: the maker keeps `count` bytes at `base` in place as long as the reader is used.
// No read passes `take`, which checks its range against `count` first. Where a peer shares the bytes it can change what
// is read, but not how far: offset and count are our own.
@safe
package struct ByteReader {
    private let base: UnsafeRawPointer?
    /// How many bytes there are in all.
    package let count: Int
    /// Where the next read starts.
    package var offset: Int

    /// Reads from `bytes`, which must stay valid and unchanged as long as the reader is used.
    @unsafe
    @inline(__always)
    package init(_ bytes: UnsafeRawBufferPointer, offset: Int = 0) {
        unsafe base = bytes.baseAddress
        count = bytes.count
        self.offset = offset
    }

    /// How many bytes are left.
    @inline(__always)
    package var remaining: Int { max(0, count - offset) }

    /// All bytes under the reader, from the first one on.
    @unsafe
    package var all: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(start: base, count: count) }

    /// Takes the next `length` bytes without copying them; the pointer lives as long as the reader's bytes.
    @unsafe
    @inline(__always)
    package mutating func take(_ length: Int) throws -> UnsafeRawBufferPointer {
        guard length >= 0, offset >= 0, length <= count - offset, let base = unsafe base else {
            return unsafe try short(length)
        }
        defer { offset += length }
        // The range was checked on the line above.
        return unsafe UnsafeRawBufferPointer(start: base + offset, count: length)
    }

    @inline(never)
    private func short(_ length: Int) throws -> UnsafeRawBufferPointer {
        guard length == 0, offset >= 0, offset <= count else {
            throw WireError(.truncated, "\(length) bytes are needed, \(remaining) are left", offset: offset)
        }
        return unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    }

    /// Reads one byte.
    @inline(__always)
    package mutating func byte() throws -> UInt8 {
        // The pointer is read before the next statement.
        unsafe try take(1).load(as: UInt8.self)
    }

    /// Reads a value of fixed width in the machine's order; any alignment.
    @inline(__always)
    package mutating func fixed<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type = T.self) throws -> T {
        // Every bit pattern of a fixed-width integer is a value, and the length was checked.
        unsafe try take(MemoryLayout<T>.size).loadUnaligned(as: T.self)
    }

    /// Reads an integer written by `ByteWriter.append(varint:)`.
    @inline(__always)
    package mutating func varint() throws -> UInt64 {
        let first = try byte()
        return first < 0x80 ? UInt64(first) : try longVarint(first)
    }

    @inline(never)
    private mutating func longVarint(_ first: UInt8) throws -> UInt64 {
        var result = UInt64(first & 0x7F)
        var shift: UInt64 = 7
        while true {
            let next = try byte()
            guard shift < 63 || (shift == 63 && next <= 1) else {
                throw WireError(.invalidValue, "an integer is longer than 64 bits", offset: offset)
            }
            result |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return result }
            shift += 7
        }
    }

    /// Reads a length and checks that as many bytes are left.
    @inline(__always)
    package mutating func length() throws -> Int {
        let value = try varint()
        guard value <= UInt64(remaining) else {
            throw WireError(.truncated, "\(value) bytes are announced, \(remaining) are left", offset: offset)
        }
        return Int(truncatingIfNeeded: value)
    }

    /// Reads `length` bytes as UTF-8.
    package mutating func string(_ length: Int) throws -> String {
        let start = offset
        // The bytes are copied into the string at once.
        let bytes = unsafe try take(length)
        let units = unsafe bytes.bindMemory(to: UInt8.self)
        if length <= Self.shortText {
            // The standard library's validation costs a short text several look-ups of metadata; mending it does not,
            // and text that needed none is its bytes.
            var text = unsafe String(decoding: units, as: UTF8.self)
            if text.withUTF8({ unsafe isEqual(UnsafeRawBufferPointer($0), bytes) }) { return text }
        } else if let text = unsafe String(validating: units, as: UTF8.self) {
            return text
        }
        throw WireError(.invalidValue, "a string is not valid UTF-8", offset: start)
    }

    private static var shortText: Int { 64 }
}

/// Whether both are the same bytes, as many of them.
@unsafe
@inline(__always)
func isEqual(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
    guard one.count == other.count else { return false }
    var place = 0
    // Both ranges were given whole: eight bytes are read only where eight are left.
    while place &+ 8 <= one.count {
        let words = unsafe (
            one.loadUnaligned(fromByteOffset: place, as: UInt64.self),
            other.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        )
        if words.0 != words.1 { return false }
        place &+= 8
    }
    while place < one.count {
        if unsafe one[place] != other[place] { return false }
        place &+= 1
    }
    return true
}
