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
        // A plain value is its bytes, and as many as it has were taken.
        let bytes = unsafe try reader.take(MemoryLayout<T>.size)
        return unsafe withUnsafeTemporaryAllocation(of: T.self, capacity: 1) { storage in
            guard let value = storage.baseAddress else { return nil }
            unsafe UnsafeMutableRawBufferPointer(storage).copyMemory(from: bytes)
            return unsafe value.move()
        }
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
            guard length > 0, try reader.byte() == WireTag.run, try core.skip(reader.offset - 1) == end else { return nil }
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
