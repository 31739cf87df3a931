/// Writes values under keys.
struct KeyedEncoding<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let node: EncodingNode

    var codingPath: [any CodingKey] { node.codingPath }

    func encodeNil(forKey key: Key) throws {
        try entry(key) { _ in node.core.writer.append(WireTag.null) }
    }

    @inline(__always)
    func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
        try entry(key) { try node.core.write(value, in: node, at: $0) }
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        KeyedEncodingContainer(KeyedEncoding<Nested>(node: nest(key, .keyed)))
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        UnkeyedEncoding(node: nest(key, .unkeyed))
    }

    func superEncoder() -> any Encoder {
        WireEncoder(node: nest(WireKey.super, .undecided))
    }

    func superEncoder(forKey key: Key) -> any Encoder {
        WireEncoder(node: nest(key, .undecided))
    }

    @inline(__always)
    private func entry<K: CodingKey>(_ key: K, _ body: (Int) throws -> Void) throws {
        let core = node.core
        let mark = try core.begin(node)
        let number = core.number(of: key)
        core.writer.append(varint: UInt64(number))
        do {
            try body(number)
        } catch {
            core.cancel(mark)
            throw error
        }
        node.note(number)
        try core.finish(node, mark)
    }

    private func nest<K: CodingKey>(_ key: K, _ kind: EncodingNode.Kind) -> EncodingNode {
        do {
            let core = node.core
            let mark = try core.begin(node)
            let number = core.number(of: key)
            core.writer.append(varint: UInt64(number))
            node.note(number)
            return try core.nest(in: node, at: number, kind, mark)
        } catch {
            return node.core.refuse(node, "a nested container cannot be opened: \(error)")
        }
    }
}

/// Writes values one after the other.
struct UnkeyedEncoding: UnkeyedEncodingContainer {
    let node: EncodingNode

    var codingPath: [any CodingKey] { node.codingPath }
    var count: Int { node.count }

    func encodeNil() throws {
        try entry { node.core.writer.append(WireTag.null) }
    }

    @inline(__always)
    func encode<T: Encodable>(_ value: T) throws {
        try entry { try node.core.write(value, in: node, at: node.count) }
    }

    func encode<S: Sequence>(contentsOf sequence: S) throws where S.Element: Encodable {
        let isPlain = TypeShape.of(S.Element.self) == .plain || ElementKind(S.Element.self) != .opaque
        if isPlain, MemoryLayout<S.Element>.stride > 0 {
            // Safety: the elements are plain, so their storage is their bytes. The sequence keeps it in place for the
            // closure, which copies the bytes into the message and calls nothing that could change the sequence.
            let isWritten: Void? = try sequence.withContiguousStorageIfAvailable { elements in
                guard !elements.isEmpty else { return }
                try entry(elements.count) {
                    try unsafe node.core.writeElements(
                        UnsafeRawBufferPointer(elements), WireTag.run, ElementKind(S.Element.self),
                        MemoryLayout<S.Element>.stride)
                }
            }
            if isWritten != nil { return }
        }
        for element in sequence { try encode(element) }
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        KeyedEncodingContainer(KeyedEncoding<Nested>(node: nest(.keyed)))
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        UnkeyedEncoding(node: nest(.unkeyed))
    }

    func superEncoder() -> any Encoder {
        WireEncoder(node: nest(.undecided))
    }

    @inline(__always)
    private func entry(_ elements: Int = 1, _ body: () throws -> Void) throws {
        let mark = try node.core.begin(node)
        do {
            try body()
        } catch {
            node.core.cancel(mark)
            throw error
        }
        node.count += elements
        try node.core.finish(node, mark)
    }

    private func nest(_ kind: EncodingNode.Kind) -> EncodingNode {
        do {
            let mark = try node.core.begin(node)
            node.count += 1
            return try node.core.nest(in: node, at: node.count - 1, kind, mark)
        } catch {
            return node.core.refuse(node, "a nested container cannot be opened: \(error)")
        }
    }
}
