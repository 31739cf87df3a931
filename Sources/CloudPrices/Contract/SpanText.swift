extension Span where Element == UInt8 {
    /// Whether the bytes are those of a literal.
    @inline(__always)
    package func equals(_ literal: StaticString) -> Bool {
        guard count == literal.utf8CodeUnitCount else { return false }
        // Safety: a literal in UTF-8 has as many readable bytes as it counts, and both have `count`.
        return unsafe withUnsafeBufferPointer { bytes in
            let start = unsafe literal.utf8Start
            for index in 0..<bytes.count where unsafe bytes[index] != start[index] { return false }
            return true
        }
    }

    /// Whether the bytes are the same.
    @inline(__always)
    package func equals(_ other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in 0..<count where self[index] != other[index] { return false }
        return true
    }

    /// The bytes without blanks at either end.
    @_lifetime(copy self)
    package func trimmingBlanks() -> Span<UInt8> {
        var (low, high) = (0, count)
        while low < high, self[low] == UInt8(ascii: " ") { low += 1 }
        while high > low, self[high - 1] == UInt8(ascii: " ") { high -= 1 }
        return extracting(low..<high)
    }
}

extension String {
    /// Copies UTF-8; bytes that are none become replacement characters.
    package init(copying text: Span<UInt8>) {
        // Safety: the buffer is used only inside the call.
        self = unsafe text.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
