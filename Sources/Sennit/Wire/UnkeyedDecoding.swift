/// Reads values one after the other.
struct UnkeyedDecoding: UnkeyedDecodingContainer {
    let node: DecodingNode

    var codingPath: [any CodingKey] { node.codingPath }
    var count: Int? { node.count }
    var currentIndex: Int { node.position }
    var isAtEnd: Bool { node.position >= node.count }

    func decodeNil() throws -> Bool {
        let place = try place(Any?.self)
        guard WireDecoder(parent: node, key: node.position, place: place).decodeNil() else { return false }
        try advance(place)
        return true
    }

    @inline(__always)
    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        let place = try place(type)
        let value = try node.read(type, at: place, key: node.position)
        try advance(place)
        return value
    }

    @inline(__always)
    func decodeIfPresent<T: Decodable>(_ type: T.Type) throws -> T? {
        if isAtEnd { return nil }
        let place = try place(type)
        if WireDecoder(parent: node, key: node.position, place: place).decodeNil(),
            !(T.self is any WireOptional.Type)
        {
            try advance(place)
            return nil
        }
        return try decode(type)
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
        try nest { try $0.container(keyedBy: type) }
    }

    func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        try nest { try $0.unkeyedContainer() }
    }

    func superDecoder() throws -> any Decoder {
        try nest { $0 }
    }

    private func nest<R>(_ open: (WireDecoder) throws -> R) throws -> R {
        let place = try place(Any.self)
        let opened = try open(WireDecoder(parent: node, key: node.position, place: place))
        try advance(place)
        return opened
    }

    /// Where the next element is; enters a run of plain elements when one starts.
    @inline(__always)
    private func place(_ type: Any.Type) throws -> Int {
        guard node.position < node.count, node.cursor < node.limit else {
            throw DecodingError.valueNotFound(
                type, .init(codingPath: codingPath, debugDescription: "there are no more elements"))
        }
        if node.run != nil { return ~node.cursor }
        var reader = node.core.reader(at: node.cursor)
        guard try reader.byte() == WireTag.run else { return node.cursor }
        let run = try DecodingNode.run(&reader)
        guard run.end > reader.offset else {
            throw WireError(.invalidValue, "a run has no elements", offset: reader.offset)
        }
        node.cursor = reader.offset
        node.run = run
        return ~node.cursor
    }

    @inline(__always)
    private func advance(_ place: Int) throws {
        if let run = node.run {
            node.cursor += run.stride
            if node.cursor >= run.end { node.run = nil }
        } else {
            node.cursor = try node.core.skip(place)
        }
        node.position += 1
    }
}
