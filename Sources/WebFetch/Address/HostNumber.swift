internal import ByteText

/// IPv4 addresses in the spellings that C's `inet_aton` knows: `127.1`, `0x7f000001`, `017700000001`, `2130706433`.
enum HostNumber {
    /// The address that a host spells as one to four numbers, decimal, octal or hexadecimal; nil if it is a name.
    static func address(_ host: String) -> IPAddress? {
        let trimmed = host.bytes.withoutEnd(".") ?? host.bytes
        let numbers = trimmed.parts(at: ".").map(number)
        guard (1...4).contains(numbers.count) else { return nil }
        var value: UInt64 = 0
        for (index, number) in numbers.enumerated() {
            guard let number else { return nil }
            let bytesLeft = index == numbers.count - 1 ? 4 - index : 1
            guard number < 1 << UInt64(8 * bytesLeft) else { return nil }
            value = value << UInt64(8 * bytesLeft) | number
        }
        return IPAddress(bytes: [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) })
    }

    private static func number(_ part: ByteText) -> UInt64? {
        guard let first = part.utf8.first, ByteText.isDigit(first), part.utf8.count <= 16 else { return nil }
        let lower = part.string.lowercased().bytes
        if let digits = lower.withoutStart("0x") { return digits.isEmpty ? 0 : UInt64(digits.text, radix: 16) }
        guard first == UInt8(ascii: "0"), part.utf8.count > 1 else { return UInt64(part.text) }
        return UInt64(part.text, radix: 8)
    }
}
