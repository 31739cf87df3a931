// Safety: bytes come from a reader that has checked their range, and are copied before this call returns. They become a
// value only of a type that says it is its bytes (`PlainData`), in a buffer of our own that is large and aligned
// enough, and elements only where kind and stride are the array's own.
extension DecodingNode {
    /// A plain value copied from its bytes; nil when it was written in another way.
    func plain<T>(_ type: T.Type, _ place: Int, _ key: Int) throws -> T? {
        var reader: ByteReader
        if place < 0 {
            guard let run, run.stride == MemoryLayout<T>.stride else { return nil }
            reader = core.reader(at: ~place)
        } else {
            reader = core.reader(at: try core.unwrapped(place))
            guard try reader.byte() == WireTag.plain, try reader.length() == MemoryLayout<T>.size else { return nil }
        }
        return unsafe plainValue(type, try reader.take(MemoryLayout<T>.size))
    }

    /// An array of plain elements copied from their bytes; nil when it was written in another way.
    func array<T>(_ type: T.Type, _ place: Int) throws -> T? {
        guard place >= 0 else { return nil }
        var reader = core.reader(at: try core.unwrapped(place))
        var tag = try reader.byte()
        if tag == WireTag.unkeyed {
            // A container that holds one run and nothing else is an array.
            let length = Int(try reader.fixed(UInt32.self))
            _ = try reader.fixed(UInt32.self)
            let end = reader.offset + length
            guard length > 0, try reader.byte() == WireTag.run, try core.skip(reader.offset - 1) == end else {
                return nil
            }
            tag = WireTag.array
        }
        guard tag == WireTag.array else { return nil }
        let run = try Self.run(&reader)
        let bytes = unsafe try reader.take(run.end - reader.offset)
        if T.self == [UInt8].self, run.kind == .uint8 {
            // The comparison says that the types are the same.
            return unsafe unsafeBitCast([UInt8].copying(bytes), to: T.self)
        }
        guard let array = type as? any WireArray.Type, run.kind == array.elementKind, run.stride == array.elementStride
        else { return nil }
        if run.kind == .bool, unsafe bytes.contains(where: { $0 > 1 }) {
            throw WireError(.invalidValue, "a truth value is neither 0 nor 1", offset: reader.offset)
        }
        return unsafe array.copying(bytes) as? T
    }

    /// Strings written one after the other; nil when something else is there.
    func strings(_ place: Int) throws -> [String]? {
        guard place >= 0 else { return nil }
        var reader = core.reader(at: try core.unwrapped(place))
        guard try reader.byte() == WireTag.unkeyed else { return nil }
        let length = Int(try reader.fixed(UInt32.self))
        let count = Int(try reader.fixed(UInt32.self))
        guard count <= length, length <= reader.remaining else {
            throw WireError(.truncated, "a container is longer than its message", offset: reader.offset)
        }
        let end = reader.offset + length
        var strings: [String] = []
        // A string takes two bytes or more on the wire and sixteen in memory.
        strings.reserveCapacity(min(count, length / 2))
        while reader.offset < end {
            guard try reader.byte() == WireTag.string else { return nil }
            strings.append(try reader.string(try reader.length()))
        }
        return strings
    }
}

/// The plain value that has these bytes, of which there are exactly as many as the type has.
@inline(__always)
func plainValue<T>(_ type: T.Type, _ bytes: UnsafeRawBufferPointer) -> T {
    let (size, alignment) = (MemoryLayout<T>.size, MemoryLayout<T>.alignment)
    // Room of a size known to the compiler costs nothing; both calls give at least what the type needs.
    guard size > 256 || alignment > 16 else {
        return unsafe withUnsafeTemporaryAllocation(byteCount: 256, alignment: 16) { unsafe moved(bytes, $0) }
    }
    return unsafe withUnsafeTemporaryAllocation(byteCount: size, alignment: alignment) { unsafe moved(bytes, $0) }
}

@inline(__always)
private func moved<T>(_ bytes: UnsafeRawBufferPointer, _ storage: UnsafeMutableRawBufferPointer) -> T {
    guard let place = storage.baseAddress else { fatalError("no room on the stack for a \(T.self)") }
    // The bytes on the wire are not aligned: they are copied to where a `T` may be, and moved out as one.
    if let source = bytes.baseAddress { unsafe place.copyMemory(from: source, byteCount: bytes.count) }
    return unsafe place.assumingMemoryBound(to: T.self).move()
}
