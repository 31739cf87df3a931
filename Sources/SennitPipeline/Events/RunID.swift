/// The name of one run of a pipeline, such as `20250421-143012-7f3a9c`: the UTC time of the request and a random part.
///
/// Run names sort by time.
public struct RunID: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    /// The name.
    public let rawValue: String

    /// Takes a name that was given to a run before.
    ///
    /// - Parameter rawValue: Letters, digits and `-`, at most 64 of them.
    ///   Nil comes back for anything else.
    public init?(_ rawValue: String) {
        let isPlain = rawValue.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == 0x2D
        }
        guard isPlain, (1...64).contains(rawValue.utf8.count) else { return nil }
        self.rawValue = rawValue
    }

    /// Makes the name of a new run.
    ///
    /// - Parameters:
    ///   - milliseconds: When the run was asked for, in milliseconds since 1970.
    ///   - generator: Where the random part comes from.
    package init(milliseconds: Int64, using generator: inout some RandomNumberGenerator) {
        let time = CalendarTime(milliseconds: milliseconds)
        let random = String(UInt32.random(in: 0..<(1 << 24), using: &generator), radix: 16)
        let padding = String(repeating: "0", count: 6 - random.count)
        rawValue = "\(time.compactDate)-\(time.compactTime)-\(padding)\(random)"
    }

    /// Reads a name.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let run = RunID(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' names no run")
        }
        self = run
    }

    /// Writes the name as a plain string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }

    /// The name.
    public var description: String { rawValue }

    /// Whether the left run was asked for before the right one.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
