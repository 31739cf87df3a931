internal import ByteText

/// The headers of a request or a response, in their order; names are equal whatever their case.
public struct WebHeaders: Sendable, Hashable, Codable, ExpressibleByDictionaryLiteral {
    /// One header.
    public struct Field: Sendable, Hashable, Codable {
        /// The name, in the case given.
        public var name: String
        /// The value.
        public var value: String

        /// Makes a header.
        public init(_ name: String, _ value: String) {
            (self.name, self.value) = (name, value)
        }
    }

    /// Every header; a repeated one stands here as often as it came.
    public var fields: [Field]

    /// Makes headers of a list.
    public init(_ fields: [Field] = []) { self.fields = fields }

    /// Makes headers of a literal, in its order.
    public init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { Field($0.0, $0.1) }
    }

    /// The first value under a name; nil if there is none.
    ///
    /// Setting replaces every value, or removes all with nil.
    public subscript(name: String) -> String? {
        get { fields.first { Self.areEqual($0.name, name) }?.value }
        set {
            let place = fields.firstIndex { Self.areEqual($0.name, name) } ?? fields.endIndex
            fields.removeAll { Self.areEqual($0.name, name) }
            if let newValue { fields.insert(Field(name, newValue), at: min(place, fields.endIndex)) }
        }
    }

    /// Every value under a name.
    public func values(of name: String) -> [String] {
        fields.filter { Self.areEqual($0.name, name) }.map(\.value)
    }

    /// Adds a header, whether or not there are others of its name.
    public mutating func add(_ name: String, _ value: String) { fields.append(Field(name, value)) }

    /// Whether two names are equal, whatever the case of their ASCII letters.
    package static func areEqual(_ one: String, _ other: String) -> Bool {
        let (one, other) = (one.utf8, other.utf8)
        guard one.count == other.count else { return false }
        return zip(one, other).allSatisfy { $0 == $1 || ($0 | 0x20 == $1 | 0x20 && ByteText.isLetter($0)) }
    }

    /// Why the headers cannot be sent, or nil: a name that is not a token, a value with a control character, or a
    /// header that decides where a message ends, which is the client's own business.
    package var problem: String? {
        for field in fields {
            guard !field.name.isEmpty, field.name.bytes.isMade(ofLettersDigitsAnd: "!#$%&'*+-.^_`|~") else {
                return "a header's name holds a byte that is not allowed in one"
            }
            guard !field.value.utf8.contains(where: { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F }) else {
                return "the value of header '\(field.name)' holds a control character"
            }
            guard !Self.ownHeaders.contains(where: { Self.areEqual($0, field.name) }) else {
                return "header '\(field.name)' is set by the client itself"
            }
        }
        return nil
    }

    private static let ownHeaders = ["content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer"]
}
