internal import ByteText

/// An IPv4 or IPv6 address.
public struct IPAddress: Sendable, Hashable {
    /// 4 bytes, or 16.
    public let bytes: [UInt8]

    /// Makes an address of 4 or 16 bytes in network order; nil for any other number.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// Whether it is an IPv4 address.
    public var isIPv4: Bool { bytes.count == 4 }

    /// The IPv4 address that an IPv6 address stands for: mapped, compatible, translated (NAT64) or tunneled (6to4).
    public var embeddedIPv4: IPAddress? {
        guard !isIPv4 else { return nil }
        let zeros = { (range: Range<Int>) in bytes[range].allSatisfy { $0 == 0 } }
        if zeros(0..<10), bytes[10] == 0xFF, bytes[11] == 0xFF { return IPAddress(bytes: Array(bytes[12...])) }
        // ::ffff:0:0/96 of the stateless translation, RFC 2765.
        if zeros(0..<8), bytes[8] == 0xFF, bytes[9] == 0xFF, zeros(10..<12) {
            return IPAddress(bytes: Array(bytes[12...]))
        }
        if zeros(0..<12), !zeros(12..<15) { return IPAddress(bytes: Array(bytes[12...])) }
        if bytes[0..<4] == [0x00, 0x64, 0xFF, 0x9B], zeros(4..<12) { return IPAddress(bytes: Array(bytes[12...])) }
        if bytes[0] == 0x20, bytes[1] == 0x02 { return IPAddress(bytes: Array(bytes[2..<6])) }
        return nil
    }

    /// Whether the address leads back to this machine: 127.0.0.0/8, `::1`, or an IPv6 form of the former.
    public var isLoopback: Bool {
        if isIPv4 { return bytes[0] == 127 }
        if bytes.dropLast().allSatisfy({ $0 == 0 }) { return bytes[15] == 1 }
        return embeddedIPv4?.isLoopback ?? false
    }

    /// Whether the address belongs to a host on the public Internet.
    ///
    /// Everything that the registries of special-purpose addresses (RFC 6890 and later) reserve is not public: this
    /// host, private and link-local networks, the metadata services of clouds, shared address space, documentation,
    /// benchmarks, multicast and the unassigned. An IPv6 address that stands for an IPv4 address is judged as that one.
    public var isPublic: Bool {
        if isIPv4 { return !Self.reserved.contains { $0.holds(bytes) } }
        if let embedded = embeddedIPv4 { return embedded.isPublic }
        // Global unicast is 2000::/3; all the rest is local, multicast or unassigned.
        guard bytes[0] & 0xE0 == 0x20 else { return false }
        return !Self.reservedIPv6.contains { $0.holds(bytes) }
    }

    private struct Network {
        var start: [UInt8]
        var bits: Int

        func holds(_ bytes: [UInt8]) -> Bool {
            (0..<bits).allSatisfy { bit in
                let mask = UInt8(0x80) >> (bit & 7)
                return (start[bit >> 3] ^ bytes[bit >> 3]) & mask == 0
            }
        }
    }

    private static let reserved: [Network] = [
        Network(start: [0], bits: 8), Network(start: [10], bits: 8), Network(start: [100, 64], bits: 10),
        Network(start: [127], bits: 8), Network(start: [169, 254], bits: 16), Network(start: [172, 16], bits: 12),
        Network(start: [192, 0, 0], bits: 24), Network(start: [192, 0, 2], bits: 24),
        Network(start: [192, 88, 99], bits: 24), Network(start: [192, 168], bits: 16),
        Network(start: [198, 18], bits: 15), Network(start: [198, 51, 100], bits: 24),
        Network(start: [203, 0, 113], bits: 24), Network(start: [224], bits: 4), Network(start: [240], bits: 4),
        // A cloud's metadata service on an address of its own.
        Network(start: [168, 63, 129, 16], bits: 32),
    ]

    private static let reservedIPv6: [Network] = [
        // Protocol assignments, Teredo among them.
        Network(start: [0x20, 0x01, 0x00], bits: 23),
        Network(start: [0x20, 0x01, 0x0D, 0xB8], bits: 32),
        Network(start: [0x3F, 0xFF, 0x00], bits: 20),
    ]
}

extension IPAddress {
    /// Reads four decimal numbers, as `192.0.2.1`; nil for any other spelling.
    package init?(parsingIPv4 text: Substring) {
        let numbers = text.bytes.parts(at: ".").map { part in
            part.utf8.allSatisfy(ByteText.isDigit) && part.utf8.count <= 3 ? UInt8(part.text) : nil
        }
        guard numbers.count == 4 else { return nil }
        self.init(bytes: numbers.compactMap(\.self))
    }

    /// Reads an IPv6 address without brackets and zone; nil if it is malformed.
    package init?(parsingIPv6 text: Substring) {
        let halves = Self.halves(text.bytes)
        guard halves.count <= 2, let front = Self.words(halves[0], isEnd: halves.count == 1) else {
            return nil
        }
        guard halves.count == 2 else {
            self.init(bytes: front.count == 16 ? front : [])
            return
        }
        guard let back = Self.words(halves[1], isEnd: true), front.count + back.count <= 14 else { return nil }
        self.init(bytes: front + Array(repeating: 0, count: 16 - front.count - back.count) + back)
    }

    private static func halves(_ text: ByteText) -> [ByteText] {
        var result: [ByteText] = []
        var rest = text
        while let (before, after) = rest.cut(at: "::") {
            result.append(before)
            rest = after
        }
        return result + [rest]
    }

    /// An IPv4 address may stand at the end.
    private static func words(_ text: ByteText, isEnd: Bool) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        var bytes: [UInt8] = []
        let parts = text.parts(at: ":")
        for (index, part) in parts.enumerated() {
            if isEnd, index == parts.count - 1, let four = IPAddress(parsingIPv4: part.text) {
                bytes += four.bytes
                continue
            }
            guard (1...4).contains(part.utf8.count), part.utf8.first != UInt8(ascii: "+"),
                let word = UInt16(part.text, radix: 16)
            else { return nil }
            bytes += [UInt8(word >> 8), UInt8(word & 0xFF)]
        }
        return bytes.count <= 16 ? bytes : nil
    }
}

extension IPAddress: CustomStringConvertible {
    /// The address in the usual notation; an IPv6 address with all of its eight groups.
    public var description: String {
        if isIPv4 { return bytes.map { String($0) }.joined(separator: ".") }
        return stride(from: 0, to: 16, by: 2)
            .map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }.joined(separator: ":")
    }
}
