// Safety: every `unsafeBitCast` is from a type to itself, as the comparison on its line or just above says; no memory
// is touched by it.
extension DecodingNode {
    /// Reads the value at `place` by the shortest way its type allows.
    @inline(__always)
    func read<T: Decodable>(_ type: T.Type, at place: Int, key: Int) throws -> T {
        // Each cast is between one type and itself: the comparison before it says so.
        if T.self == Int.self { return unsafe unsafeBitCast(try integer(Int.self, place, key), to: T.self) }
        if T.self == String.self { return unsafe unsafeBitCast(try string(place, key), to: T.self) }
        if T.self == Double.self {
            return unsafe unsafeBitCast(try number(T.self, place, key) { $0.asDouble }, to: T.self)
        }
        if T.self == Bool.self { return unsafe unsafeBitCast(try bool(place, key), to: T.self) }
        return try readOther(type, place, key)
    }

    @inline(never)
    private func readOther<T: Decodable>(_ type: T.Type, _ place: Int, _ key: Int) throws -> T {
        // Each cast is between one type and itself: the comparison before it says so.
        if T.self == UInt8.self { return unsafe unsafeBitCast(try integer(UInt8.self, place, key), to: T.self) }
        if T.self == Int64.self { return unsafe unsafeBitCast(try integer(Int64.self, place, key), to: T.self) }
        if T.self == UInt64.self { return unsafe unsafeBitCast(try integer(UInt64.self, place, key), to: T.self) }
        if T.self == Int32.self { return unsafe unsafeBitCast(try integer(Int32.self, place, key), to: T.self) }
        if T.self == UInt32.self { return unsafe unsafeBitCast(try integer(UInt32.self, place, key), to: T.self) }
        if T.self == Float.self {
            return unsafe unsafeBitCast(try number(T.self, place, key) { $0.asFloat }, to: T.self)
        }
        if T.self == UInt.self { return unsafe unsafeBitCast(try integer(UInt.self, place, key), to: T.self) }
        if T.self == Int8.self { return unsafe unsafeBitCast(try integer(Int8.self, place, key), to: T.self) }
        if T.self == Int16.self { return unsafe unsafeBitCast(try integer(Int16.self, place, key), to: T.self) }
        if T.self == UInt16.self { return unsafe unsafeBitCast(try integer(UInt16.self, place, key), to: T.self) }
        return try readShaped(type, place, key)
    }

    // Values of a type's own code pass by what follows: an optional of an unknown type costs a look-up of its metadata.
    @inline(__always)
    private func readShaped<T: Decodable>(_ type: T.Type, _ place: Int, _ key: Int) throws -> T {
        let shape = TypeShape.of(type)
        return shape == .codable ? try decode(type, place, key) : try readDirect(type, shape, place, key)
    }

    @inline(never)
    private func readDirect<T: Decodable>(_ type: T.Type, _ shape: TypeShape, _ place: Int, _ key: Int) throws -> T {
        switch shape {
        case .plain: if let value = try plain(type, place, key) { return value }
        case .plainArray: if let value = try array(type, place) { return value }
        case .optional:
            if let optional = type as? any WireOptionalDecoding.Type,
                let value = try optional.read(from: self, at: place, key: key) as? T
            {
                return value
            }
        case .strings: if let strings = try self.strings(place) as? T { return strings }
        case .codable: break
        }
        return try decode(type, place, key)
    }

    /// Reads a value by its type's own code.
    func decode<T: Decodable>(_ type: T.Type, _ place: Int, _ key: Int) throws -> T {
        try core.descend()
        defer { core.ascend() }
        return try T(from: WireDecoder(parent: self, key: key, place: place))
    }

    @inline(__always)
    private func integer<T: FixedWidthInteger>(_ type: T.Type, _ place: Int, _ key: Int) throws -> T {
        if place >= 0 {
            let tag = try core.tag(at: place)
            if tag >= WireTag.smallInteger { return T(truncatingIfNeeded: tag & 0x7F) }
        }
        return try number(type, place, key) { $0.integer(T.self) }
    }

    @inline(__always)
    private func number<N>(_ type: Any.Type, _ place: Int, _ key: Int, _ convert: (WireScalar) -> N?) throws -> N {
        guard let scalar = try scalar(place) else { throw mismatch(type, key) }
        if let value = convert(scalar) { return value }
        if case .bool = scalar { throw mismatch(type, key) }
        let context = DecodingError.Context(codingPath: path(to: key), debugDescription: "the number is no \(type)")
        throw DecodingError.dataCorrupted(context)
    }

    private func bool(_ place: Int, _ key: Int) throws -> Bool {
        guard case .bool(let value) = try scalar(place) else { throw mismatch(Bool.self, key) }
        return value
    }

    /// The number or truth value at `place`; nil if something else is there.
    private func scalar(_ place: Int) throws -> WireScalar? {
        guard place >= 0 else {
            guard let run else { return nil }
            var reader = core.reader(at: ~place)
            return try WireScalar(run.kind, &reader)
        }
        var reader = core.reader(at: try core.unwrapped(place))
        let tag = try reader.byte()
        switch tag {
        case WireTag.smallInteger...: return .signed(Int64(tag & 0x7F))
        case WireTag.false: return .bool(false)
        case WireTag.true: return .bool(true)
        case WireTag.int8: return try WireScalar(.int8, &reader)
        case WireTag.int16: return try WireScalar(.int16, &reader)
        case WireTag.int32: return try WireScalar(.int32, &reader)
        case WireTag.int64: return try WireScalar(.int64, &reader)
        case WireTag.uint64: return try WireScalar(.uint64, &reader)
        case WireTag.float: return try WireScalar(.float, &reader)
        case WireTag.double: return try WireScalar(.double, &reader)
        default: return nil
        }
    }

    @inline(__always)
    private func string(_ place: Int, _ key: Int) throws -> String {
        guard place >= 0 else { throw mismatch(String.self, key) }
        var reader = core.reader(at: try core.unwrapped(place))
        guard try reader.byte() == WireTag.string else { throw mismatch(String.self, key) }
        return try reader.string(try reader.length())
    }

    @inline(never)
    func mismatch(_ type: Any.Type, _ key: Int) -> DecodingError {
        DecodingError.typeMismatch(
            type, .init(codingPath: path(to: key), debugDescription: "the bytes hold no \(type)"))
    }
}
