import Yams

/// A mapping, as a type reads it.
struct KeyedContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: StrictDecoder
    let use: StrictDecoder.KeyedUse

    var codingPath: [any CodingKey] { decoder.codingPath }

    var allKeys: [Key] {
        use.takesAll = true
        return use.entries.compactMap { Key(stringValue: $0.name) }
    }

    private func entry(_ key: Key) throws -> MappingEntries.Entry {
        use.ask(key.stringValue)
        guard let entry = use.entries.first(where: { $0.name == key.stringValue }) else {
            throw DecodingError.keyNotFound(
                key, DecodingError.Context(codingPath: codingPath, debugDescription: "'\(key.stringValue)' is missing"))
        }
        return entry
    }

    func contains(_ key: Key) -> Bool {
        use.ask(key.stringValue)
        return use.entries.contains { $0.name == key.stringValue }
    }

    func decodeNil(forKey key: Key) throws -> Bool { try entry(key).value.null != nil }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        let entry = try entry(key)
        return try StrictDecoder.decode(
            type, from: entry.value, path: decoder.path + [key.stringValue], budget: decoder.budget)
    }

    // Nobody's settings need these: a value that has a place in the file is decoded as a type of its own.

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { throw unsupported("a nested container") }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        throw unsupported("a nested container")
    }

    func superDecoder() throws -> any Decoder { throw unsupported("the decoder of a superclass") }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw unsupported("the decoder of a superclass") }

    private func unsupported(_ what: String) -> ConfigurationProblem {
        decoder.node.problem(
            decoder.path.joined(separator: "."), "its type asks for \(what), which a configuration does not have")
    }
}

/// A list, as a type reads it.
struct ListContainer: UnkeyedDecodingContainer {
    let decoder: StrictDecoder
    let nodes: [Node]
    private(set) var currentIndex = 0

    init(decoder: StrictDecoder, nodes: [Node]) {
        self.decoder = decoder
        self.nodes = nodes
    }

    var codingPath: [any CodingKey] { decoder.codingPath }
    var count: Int? { nodes.count }
    var isAtEnd: Bool { currentIndex == nodes.count }

    private func next() throws -> Node {
        guard !isAtEnd else {
            throw decoder.node.problem(decoder.path.joined(separator: "."), "it has only \(nodes.count) values")
        }
        return nodes[currentIndex]
    }

    mutating func decodeNil() throws -> Bool {
        guard try next().null != nil else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let value = try StrictDecoder.decode(
            type, from: try next(), path: decoder.path + ["[\(currentIndex)]"], budget: decoder.budget)
        currentIndex += 1
        return value
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> { throw unsupported("a nested container") }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw unsupported("a nested container")
    }

    mutating func superDecoder() throws -> any Decoder { throw unsupported("the decoder of a superclass") }

    private func unsupported(_ what: String) -> ConfigurationProblem {
        decoder.node.problem(
            decoder.path.joined(separator: "."), "its type asks for \(what), which a configuration does not have")
    }
}

/// One value, as a type reads it.
struct SingleContainer: SingleValueDecodingContainer {
    let decoder: StrictDecoder

    var codingPath: [any CodingKey] { decoder.codingPath }

    func decodeNil() -> Bool { decoder.node.null != nil }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try StrictDecoder.decode(type, from: decoder.node, path: decoder.path, budget: decoder.budget)
    }
}
