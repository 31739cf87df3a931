import ByteText

/// The name of a stream: the events of one thing, in order.
///
/// By convention a name is a category and an identifier with a hyphen between them, such as "order-17". What stands
/// before the first hyphen is the category, by which events of many streams can be chosen.
public struct StreamID: Hashable, Sendable, Codable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// The whole name.
    public let name: String

    /// A stream with a given name: 1 to 255 bytes, without control characters.
    ///
    /// The store refuses other names.
    public init(_ name: String) { self.name = name }

    /// A stream of a category.
    ///
    /// - Parameters:
    ///   - category: What kind of thing it is, without a hyphen.
    ///   - identifier: Which one.
    public init(category: String, identifier: String) { name = "\(category)-\(identifier)" }

    /// A stream with a given name.
    public init(stringLiteral name: String) { self.name = name }

    /// What stands before the first hyphen; the whole name if there is none.
    public var category: Substring { name.bytes.cut(at: "-")?.before.text ?? name[...] }

    /// What stands after the first hyphen; nothing if there is none.
    public var identifier: Substring { name.bytes.cut(at: "-")?.after.text ?? "" }

    /// The name.
    public var description: String { name }

    /// Whether two names are the same bytes, as the store compares them.
    public static func == (left: StreamID, right: StreamID) -> Bool { left.name.bytes == right.name.bytes }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) { name.bytes.hash(into: &hasher) }

    /// The name as a plain string.
    public init(from decoder: any Decoder) throws { name = try decoder.singleValueContainer().decode(String.self) }

    /// The name as a plain string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}

/// What a writer knows about a stream before it appends.
public enum ExpectedVersion: Sendable, Hashable, CustomStringConvertible {
    /// Nothing: append at the end, whatever that is.
    case any
    /// The stream has no events yet.
    case none
    /// The stream's last event has this version; zero is the same as ``none``.
    case exact(Int)

    /// The expectation in words.
    public var description: String {
        switch self {
        case .any: "any version"
        case .none: "no events"
        case .exact(let version): "version \(version)"
        }
    }

    /// Whether a stream at a version is what the writer expects.
    package func allows(_ version: Int) -> Bool {
        switch self {
        case .any: true
        case .none: version == 0
        case .exact(let expected): version == expected
        }
    }
}

/// The key by which a command that is sent again is known.
public struct CommandID: Hashable, Sendable, Codable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// The key: 1 to 200 bytes.
    public let key: String

    /// A command with a given key.
    ///
    /// Keys that grow in order, such as UUIDs of version 7, are cheaper to store than random ones.
    public init(_ key: String) { self.key = key }

    /// A command with a given key.
    public init(stringLiteral key: String) { self.key = key }

    /// The key.
    public var description: String { key }

    /// Whether two keys are the same bytes, as the store compares them.
    public static func == (left: CommandID, right: CommandID) -> Bool { left.key.bytes == right.key.bytes }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) { key.bytes.hash(into: &hasher) }
}

/// Where an event comes from: kept beside it, never looked at by the store.
public struct EventMetadata: Sendable, Hashable, Codable {
    /// What belongs together over many streams, such as one request.
    public var correlation: String?
    /// The command or event that led to this one.
    public var causation: String?

    /// Metadata; each part may be missing.
    public init(correlation: String? = nil, causation: String? = nil) {
        self.correlation = correlation
        self.causation = causation
    }
}

/// Where the events of an append are.
public struct AppendResult: Sendable, Hashable {
    /// The stream.
    public let stream: StreamID
    /// The versions that the events got; the first event of a stream has version one.
    public let versions: ClosedRange<Int>
    /// The place of the last event in the order of the whole store.
    public let position: Int
    /// Whether an earlier append with the same command had written them, and this one wrote nothing.
    public let wasRepeated: Bool

    /// The stream's version after the append.
    public var version: Int { versions.upperBound }
}
