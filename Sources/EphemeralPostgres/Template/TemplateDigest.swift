// Safety: whole words and then single bytes are read below the span's own count.
/// A 64-bit digest that notices damage; no protection against forgery.
enum TemplateDigest {
    private static let multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// Digests bytes in four lanes, at the speed of memory.
    static func of(_ bytes: RawSpan) -> UInt64 {
        unsafe bytes.withUnsafeBytes { buffer in
            var (a, b, c, d): (UInt64, UInt64, UInt64, UInt64) = (1, 2, 3, 4)
            var index = 0
            while index + 32 <= buffer.count {
                a = unsafe mix(a, buffer.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                b = unsafe mix(b, buffer.loadUnaligned(fromByteOffset: index + 8, as: UInt64.self))
                c = unsafe mix(c, buffer.loadUnaligned(fromByteOffset: index + 16, as: UInt64.self))
                d = unsafe mix(d, buffer.loadUnaligned(fromByteOffset: index + 24, as: UInt64.self))
                index += 32
            }
            while index < buffer.count {
                a = unsafe mix(a, UInt64(buffer[index]))
                index += 1
            }
            return mix(mix(a, b), mix(c, mix(d, UInt64(buffer.count))))
        }
    }

    @inline(always)
    private static func mix(_ state: UInt64, _ word: UInt64) -> UInt64 {
        let product = (state ^ word) &* multiplier
        return product ^ (product >> 29)
    }
}
