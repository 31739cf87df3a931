import Yams

/// Decodes a node into a type, and refuses every key of a mapping that the type knows nothing of.
///
/// A type with an enumeration of keys knows those. One that takes any key, as a dictionary does, knows the keys that it
/// asks for, or all if it asks for all of them.
final class StrictDecoder: Decoder {
    let node: Node
    let path: [String]
    /// Values that may still be decoded.
    let budget: Budget
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    private var keys: KeyedUse?

    /// How much may still be decoded.
    final class Budget {
        var nodes = ConfigurationText.maximumNodes
    }

    /// What is known of a mapping's keys.
    final class KeyedUse {
        let entries: [MappingEntries.Entry]
        /// Keys that somebody has asked for, in order.
        var asked: [String] = []
        var takesAll = false
        /// Whether a type of keys accepts a name.
        var accepts: [(String) -> Bool] = []
        /// All names of the types of keys that can list them.
        var listed: [String] = []

        init(_ entries: [MappingEntries.Entry]) { self.entries = entries }

        func ask(_ name: String) { if !asked.contains(name) { asked.append(name) } }

        var known: [String] { listed + asked.filter { !listed.contains($0) } }

        func isKnown(_ name: String) -> Bool {
            takesAll || asked.contains(name) || accepts.contains { $0(name) }
        }
    }

    private init(_ node: Node, path: [String], budget: Budget) {
        self.node = node
        self.path = path
        self.budget = budget
        codingPath = path.map { PathKey(stringValue: $0) }
    }

    /// Decodes all of a node.
    static func decode<Value: Decodable>(
        _ type: Value.Type, from node: Node, path: [String]
    ) throws(ConfigurationProblem) -> Value {
        do {
            return try decode(type, from: node, path: path, budget: Budget())
        } catch let problem as ConfigurationProblem {
            throw problem
        } catch {
            throw node.problem(path.joined(separator: "."), words(of: error))
        }
    }

    static func decode<Value: Decodable>(
        _ type: Value.Type, from node: Node, path: [String], budget: Budget
    ) throws -> Value {
        let place = path.joined(separator: ".")
        budget.nodes -= 1
        guard budget.nodes > 0, path.count <= ConfigurationText.maximumDepth else {
            throw node.problem(place, "it nests too deeply or has too many values; split it")
        }
        if let scalarType = type as? any ScalarConstructible.Type {
            guard let scalar = node.scalar, let value = scalarType.construct(from: scalar) as? Value else {
                throw node.problem(place, "it is \(node.kind) and must be \(word(for: type))")
            }
            return value
        }
        if let choices = type as? any CaseIterable.Type, let word = node.scalar?.string {
            let names = names(choices) { ($0 as? any RawRepresentable)?.rawValue as? String }
            guard names.isEmpty || names.contains(word) else {
                throw node.problem(place, UnknownKey.message(word, among: names))
            }
        }
        let decoder = StrictDecoder(node, path: path, budget: budget)
        let value: Value
        do {
            value = try Value(from: decoder)
        } catch let problem as ConfigurationProblem {
            throw problem
        } catch DecodingError.keyNotFound(let key, _) {
            // A key that is misspelt is missing under its own name: say which it is.
            try decoder.refuseUnknownKeys(isComplete: false)
            throw node.problem(place, "'\(key.stringValue)' is missing")
        } catch {
            throw node.problem(place, words(of: error))
        }
        try decoder.refuseUnknownKeys(isComplete: true)
        return value
    }

    private func refuseUnknownKeys(isComplete: Bool) throws(ConfigurationProblem) {
        guard let keys else { return }
        let unknown = keys.entries.filter { !keys.isKnown($0.name) }
        let misspelt = unknown.first { NameSuggestion.nearest(to: $0.name, among: keys.known) != nil }
        guard let entry = misspelt ?? unknown.first else { return }
        throw entry.key.problem(
            path.joined(separator: "."),
            UnknownKey.message(entry.name, among: keys.known, isComplete: isComplete || !keys.listed.isEmpty))
    }

    private static func words(of error: any Error) -> String {
        guard let error = error as? DecodingError else { return "\(error)" }
        switch error {
        case .keyNotFound(let key, _): return "'\(key.stringValue)' is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            return context.debugDescription + (context.underlyingError.map { " (\($0))" } ?? "")
        @unknown default: return "\(error)"
        }
    }

    private static func word(for type: any Any.Type) -> String {
        switch type {
        case is Bool.Type: "true or false"
        case is String.Type: "a text"
        case is any BinaryInteger.Type: "a whole number"
        case is any BinaryFloatingPoint.Type: "a number"
        default: "a value of \(type)"
        }
    }

    // MARK: Decoder

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        let use: KeyedUse
        if let keys {
            use = keys
        } else {
            use = KeyedUse(try MappingEntries.read(node, path: path.joined(separator: ".")))
            keys = use
        }
        // A type that accepts this name accepts any.
        if Key(stringValue: "\u{1}\u{1}") == nil { use.accepts.append { Key(stringValue: $0) != nil } }
        if let all = type as? any CaseIterable.Type {
            use.listed += StrictDecoder.names(all) { ($0 as? any CodingKey)?.stringValue }
        }
        return KeyedDecodingContainer(KeyedContainer<Key>(decoder: self, use: use))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard let sequence = node.sequence else {
            throw node.problem(path.joined(separator: "."), "it is \(node.kind); write a list")
        }
        return ListContainer(decoder: self, nodes: Array(sequence))
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { SingleContainer(decoder: self) }

    private static func names<Values: CaseIterable>(
        _ type: Values.Type, _ name: (Values.AllCases.Element) -> String?
    ) -> [String] { type.allCases.compactMap(name) }
}

/// A name or a number on the way to a value.
struct PathKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
