/// An array of the standard library, seen without its element type.
protocol WireArray {
    static var elementShape: TypeShape { get }
    static var elementKind: ElementKind { get }
    static var elementStride: Int { get }
    /// The elements' bytes; only asked for when the elements are plain.
    func withElementBytes(_ body: (UnsafeRawBufferPointer) throws -> Void) throws
    /// An array of plain elements with these bytes, whose length is a multiple of the stride.
    static func copying(_ bytes: UnsafeRawBufferPointer) -> Self
}

extension WireArray where Self: RangeReplaceableCollection {
    static var elementShape: TypeShape {
        if Element.self == String.self, Self.self == [String].self { return .strings }
        return Element.self is any PlainData.Type ? .plainArray : .codable
    }
    static var elementKind: ElementKind { ElementKind(Element.self) }
    static var elementStride: Int { MemoryLayout<Element>.stride }
}

// Safety: an array keeps its storage in place for the closure that gets its bytes. New elements are made by one copy
// into storage that nobody else has yet, and only by callers that have compared kind and stride: the elements are
// plain, so as many strides of bytes are as many elements.
extension Array: WireArray {
    func withElementBytes(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        // The pointer does not outlive the call.
        try unsafe withUnsafeBytes(body)
    }

    static func copying(_ bytes: UnsafeRawBufferPointer) -> Self {
        let count = bytes.count / MemoryLayout<Element>.stride
        // The elements are plain: `count` strides of bytes are `count` elements, copied once into fresh storage.
        return unsafe Array(unsafeUninitializedCapacity: count) { storage, initialized in
            let memory = UnsafeMutableRawBufferPointer(storage)
            unsafe HugePages.advise(memory)
            unsafe memory.copyMemory(
                from: UnsafeRawBufferPointer(rebasing: bytes[..<(count * MemoryLayout<Element>.stride)]))
            initialized = count
        }
    }
}

extension ContiguousArray: WireArray {
    func withElementBytes(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        // The pointer does not outlive the call.
        try unsafe withUnsafeBytes(body)
    }

    static func copying(_ bytes: UnsafeRawBufferPointer) -> Self {
        ContiguousArray(unsafe [Element].copying(bytes))
    }
}

/// An optional, seen without its wrapped type.
protocol WireOptional {}
extension Optional: WireOptional {}

/// An optional whose value can be encoded.
protocol WireOptionalEncoding {
    func write(to core: EncodingCore, in node: EncodingNode?, at key: Int) throws
}

extension Optional: WireOptionalEncoding where Wrapped: Encodable {
    func write(to core: EncodingCore, in node: EncodingNode?, at key: Int) throws {
        guard let value = self else { return core.writer.append(WireTag.null) }
        if Wrapped.self is any WireOptional.Type { core.writer.append(WireTag.some) }
        try core.write(value, in: node, at: key)
    }
}

/// An optional whose value can be decoded.
protocol WireOptionalDecoding {
    static func read(from node: DecodingNode, at place: Int, key: Int) throws -> Self
}

extension Optional: WireOptionalDecoding where Wrapped: Decodable {
    static func read(from node: DecodingNode, at place: Int, key: Int) throws -> Self {
        let place = try node.core.unwrapped(place)
        guard place >= 0 else { return try node.read(Wrapped.self, at: place, key: key) }
        let tag = try node.core.tag(at: place)
        if tag == WireTag.null { return nil }
        let isNested = tag == WireTag.some && Wrapped.self is any WireOptional.Type
        return try node.read(Wrapped.self, at: isNested ? place + 1 : place, key: key)
    }
}
