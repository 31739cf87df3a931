/// The decoder that a type's `init(from:)` is given.
struct WireDecoder: Decoder, SingleValueDecodingContainer {
    let parent: DecodingNode
    let key: Int
    let place: Int

    var codingPath: [any CodingKey] { parent.path(to: key) }
    var userInfo: [CodingUserInfoKey: Any] { parent.core.userInfo }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard let node = try parent.container(.keyed, at: place, key: key) else {
            throw parent.mismatch([String: Any].self, key)
        }
        return node.core.keyed(node, by: type)
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard let node = try parent.container(.unkeyed, at: place, key: key) else {
            throw parent.mismatch([Any].self, key)
        }
        return UnkeyedDecoding(node: node)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

    func decodeNil() -> Bool {
        guard place >= 0, let start = try? parent.core.unwrapped(place) else { return false }
        return (try? parent.core.tag(at: start)) == WireTag.null
    }

    @inline(__always)
    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        try parent.read(type, at: place, key: key)
    }
}

/// Reads values by their keys.
struct KeyedDecoding<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let node: DecodingNode

    var codingPath: [any CodingKey] { node.codingPath }

    var allKeys: [Key] {
        let keys = (try? node.keys()) ?? []
        return keys.compactMap { key in Key(stringValue: key.stringValue) ?? key.intValue.flatMap(Key.init(intValue:)) }
    }

    func contains(_ key: Key) -> Bool {
        (try? node.find(key.stringValue, isReading: false)) != nil
    }

    func decodeNil(forKey key: Key) throws -> Bool {
        decoder(try place(key, isReading: false)).decodeNil()
    }

    @inline(__always)
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        let place = try place(key)
        return try node.read(type, at: place, key: node.lastKey)
    }

    @inline(__always)
    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        guard let place = try node.find(key.stringValue, isReading: true) else { return nil }
        // A present nil is the value itself when the type asked for is optional too.
        if decoder(place).decodeNil(), !(T.self is any WireOptional.Type) { return nil }
        return try node.read(type, at: place, key: node.lastKey)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try decoder(try place(key)).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try decoder(try place(key)).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder {
        try decoder(place(WireKey.super))
    }

    func superDecoder(forKey key: Key) throws -> any Decoder {
        try decoder(place(key))
    }

    private func decoder(_ place: Int) -> WireDecoder {
        WireDecoder(parent: node, key: node.lastKey, place: place)
    }

    @inline(__always)
    private func place<K: CodingKey>(_ key: K, isReading: Bool = true) throws -> Int {
        guard let place = try node.find(key.stringValue, isReading: isReading) else { throw missing(key) }
        return place
    }

    @inline(never)
    private func missing(_ key: any CodingKey) -> DecodingError {
        DecodingError.keyNotFound(
            key, .init(codingPath: codingPath, debugDescription: "there is no value for the key \(key.stringValue)"))
    }
}
