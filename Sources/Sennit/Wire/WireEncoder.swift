/// The encoder that a value's `encode(to:)` is given.
struct WireEncoder: Encoder {
    let node: EncodingNode

    var codingPath: [any CodingKey] { node.codingPath }
    var userInfo: [CodingUserInfoKey: Any] { node.core.userInfo }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        node.core.keyed(opened(.keyed), by: type)
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        UnkeyedEncoding(node: opened(.unkeyed))
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        SingleValueEncoding(node: node)
    }

    private func opened(_ kind: EncodingNode.Kind) -> EncodingNode {
        node.become(kind) ? node : node.core.refuse(node, "one value is written as two kinds of container")
    }
}

/// Writes one value in the place of its owner.
struct SingleValueEncoding: SingleValueEncodingContainer {
    let node: EncodingNode

    var codingPath: [any CodingKey] { node.codingPath }

    func encodeNil() throws {
        try fill { node.core.writer.append(WireTag.null) }
    }

    @inline(__always)
    func encode<T: Encodable>(_ value: T) throws {
        try fill { try node.core.write(value, in: node.parent, at: node.key) }
    }

    @inline(__always)
    private func fill(_ body: () throws -> Void) throws {
        guard node.kind == .undecided else {
            throw WireError(.unsupported, "a second value is written into a container for one")
        }
        let mark = try node.core.begin(node)
        do {
            try body()
        } catch {
            node.core.cancel(mark)
            throw error
        }
        node.claim(.single)
        try node.core.finish(node, mark)
    }
}
