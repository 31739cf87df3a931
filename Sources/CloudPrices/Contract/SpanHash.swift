extension Span where Element == UInt8 {
    /// Stirs the text into a hash, eight bytes at a time, its length first.
    ///
    /// Keyed by nothing, since lists come from the providers alone; not for secrets.
    package func mixed(into hash: UInt64) -> UInt64 {
        var value = (hash ^ UInt64(count)) &* 0x100_0000_01b3
        // Safety: each load ends at or before the text's end.
        return unsafe bytes.withUnsafeBytes { bytes in
            let words = bytes.count & ~7
            var index = 0
            while index < words {
                value = Self.stirred(value ^ (unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)))
                index += 8
            }
            var word: UInt64 = 0
            while index < bytes.count {
                word = word << 8 | UInt64(unsafe bytes[index])
                index += 1
            }
            return Self.stirred(value ^ word)
        }
    }

    private static func stirred(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
        return product.high ^ product.low
    }
}

extension String {
    /// Stirs the text into a hash, its length first.
    ///
    /// Keyed by nothing, since lists come from the providers alone; not for secrets.
    func mixed(into hash: UInt64) -> UInt64 { utf8.span.mixed(into: hash) }
}

extension FixedWidthInteger {
    /// Stirs a number into a hash; not for secrets.
    func mixed(into hash: UInt64) -> UInt64 {
        let product = (hash &* 0x100_0000_01b3 ^ UInt64(truncatingIfNeeded: self))
            .multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
        return product.high ^ product.low
    }
}
