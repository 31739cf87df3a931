/// The SHA-256 of some bytes: equal hashes mean equal bytes.
public struct ContentHash: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    /// The hash as 64 lower-case hexadecimal digits.
    public let hexadecimal: String

    /// Takes a hash that was computed before.
    ///
    /// - Parameter hexadecimal: 64 lower-case hexadecimal digits.
    ///   Nil comes back for anything else.
    public init?(hexadecimal: String) {
        let isHexadecimal = hexadecimal.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
        }
        guard isHexadecimal, hexadecimal.utf8.count == 64 else { return nil }
        self.hexadecimal = hexadecimal
    }

    /// Takes the 32 bytes of a hash.
    package init(bytes: some Sequence<UInt8>) {
        let digits = Array("0123456789abcdef".utf8)
        hexadecimal = String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Reads the digits.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let hash = ContentHash(hexadecimal: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is no SHA-256")
        }
        self = hash
    }

    /// Writes the digits as a plain string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hexadecimal)
    }

    /// The digits.
    public var description: String { hexadecimal }

    /// The first twelve digits, for people.
    package var short: String { String(hexadecimal.prefix(12)) }

    /// The order of the digits.
    public static func < (left: Self, right: Self) -> Bool { left.hexadecimal < right.hexadecimal }
}
