// Safety: every `unsafeBitCast` is from a type to itself, as the comparison before it says. Pointers to a value, a
// string or an array's elements live for the closure they are given to, which copies the bytes into the message; a
// value's bytes are only taken where its type says that they are the value (`PlainData`).
extension EncodingCore {
    /// Writes a value at the end of the message by the shortest way its type allows.
    @inline(__always)
    func write<T: Encodable>(_ value: T, in node: EncodingNode?, at key: Int) throws {
        // Each cast is between one type and itself: the comparison before it says so.
        if T.self == Int.self {
            writer.append(integer: Int64(unsafe unsafeBitCast(value, to: Int.self)))
        } else if T.self == String.self {
            try write(unsafe unsafeBitCast(value, to: String.self))
        } else if T.self == Double.self {
            writer.append(WireTag.double)
            writer.append(fixed: unsafe unsafeBitCast(value, to: Double.self))
        } else if T.self == Bool.self {
            writer.append(unsafe unsafeBitCast(value, to: Bool.self) ? WireTag.true : WireTag.false)
        } else {
            try writeOther(value, in: node, at: key)
        }
    }

    @inline(never)
    private func writeOther<T: Encodable>(_ value: T, in node: EncodingNode?, at key: Int) throws {
        // Each cast is between one type and itself: the comparison before it says so.
        if T.self == UInt64.self {
            writer.append(unsigned: unsafe unsafeBitCast(value, to: UInt64.self))
        } else if T.self == Int64.self {
            writer.append(integer: unsafe unsafeBitCast(value, to: Int64.self))
        } else if T.self == Int32.self {
            writer.append(integer: Int64(unsafe unsafeBitCast(value, to: Int32.self)))
        } else if T.self == UInt8.self {
            writer.append(integer: Int64(unsafe unsafeBitCast(value, to: UInt8.self)))
        } else if T.self == UInt32.self {
            writer.append(integer: Int64(unsafe unsafeBitCast(value, to: UInt32.self)))
        } else if T.self == Float.self {
            writer.append(WireTag.float)
            writer.append(fixed: unsafe unsafeBitCast(value, to: Float.self))
        } else if T.self == UInt.self {
            writer.append(unsigned: UInt64(unsafe unsafeBitCast(value, to: UInt.self)))
        } else if T.self == UInt16.self {
            writer.append(integer: Int64(unsafe unsafeBitCast(value, to: UInt16.self)))
        } else if T.self == Int16.self {
            writer.append(integer: Int64(unsafe unsafeBitCast(value, to: Int16.self)))
        } else if T.self == Int8.self {
            writer.append(integer: Int64(unsafe unsafeBitCast(value, to: Int8.self)))
        } else {
            try writeShaped(value, in: node, at: key)
        }
    }

    private func writeShaped<T: Encodable>(_ value: T, in node: EncodingNode?, at key: Int) throws {
        switch TypeShape.of(T.self) {
        case .codable: try encode(value, in: node, at: key)
        case .plain: try writePlain(value)
        case .plainArray: try writeArray(value)
        case .strings:
            // Only `[String]` itself has this shape.
            try writeStrings(unsafe unsafeBitCast(value, to: [String].self))
        case .optional:
            guard let value = value as? any WireOptionalEncoding else { return try encode(value, in: node, at: key) }
            try value.write(to: self, in: node, at: key)
        }
    }

    @inline(__always)
    func write(_ text: String) throws {
        var text = text
        // The string's bytes are contiguous for the call.
        try text.withUTF8 { units in
            try reserve(units.count + 11)
            writer.append(WireTag.string)
            writer.append(varint: UInt64(units.count))
            unsafe writer.append(UnsafeRawBufferPointer(units))
        }
    }

    func writePlain<T>(_ value: T) throws {
        try reserve(MemoryLayout<T>.size + 11)
        writer.append(WireTag.plain)
        writer.append(varint: UInt64(MemoryLayout<T>.size))
        // A plain value is its bytes.
        unsafe Swift.withUnsafeBytes(of: value) { unsafe writer.append($0) }
    }

    func writeArray<T>(_ value: T) throws {
        guard T.self != [UInt8].self else {
            // The comparison above says that the types are the same.
            return try unsafe unsafeBitCast(value, to: [UInt8].self).withUnsafeBytes {
                try unsafe writeElements($0, WireTag.array, .uint8, 1)
            }
        }
        guard let array = value as? any WireArray else { return }
        let shape = type(of: array)
        try unsafe array.withElementBytes {
            try unsafe writeElements($0, WireTag.array, shape.elementKind, shape.elementStride)
        }
    }

    /// Writes the bytes of plain elements, as an array or as a run in an unkeyed container.
    func writeElements(_ bytes: UnsafeRawBufferPointer, _ tag: UInt8, _ kind: ElementKind, _ stride: Int) throws {
        try reserve(bytes.count + 22)
        writer.append(tag)
        writer.append(kind.rawValue)
        writer.append(varint: UInt64(stride))
        writer.append(varint: UInt64(bytes.count))
        unsafe writer.append(bytes)
    }

    private func writeStrings(_ strings: [String]) throws {
        let header = writer.count
        writer.append(WireTag.unkeyed)
        writer.append(fixed: UInt64(0))
        for text in strings { try write(text) }
        guard let length = UInt32(exactly: writer.count - header - 9), let count = UInt32(exactly: strings.count) else {
            throw tooLarge()
        }
        writer.patch(length, at: header + 1)
        writer.patch(count, at: header + 5)
    }
}

extension ByteWriter {
    /// Appends an integer in the shortest form that holds it.
    @inline(__always)
    mutating func append(integer value: Int64) {
        if value >= 0, value < 0x80 { return append(WireTag.smallInteger | UInt8(truncatingIfNeeded: value)) }
        appendLong(value)
    }

    @inline(never)
    private mutating func appendLong(_ value: Int64) {
        if let byte = Int8(exactly: value) {
            append(WireTag.int8)
            append(fixed: byte)
        } else if let short = Int16(exactly: value) {
            append(WireTag.int16)
            append(fixed: short)
        } else if let middle = Int32(exactly: value) {
            append(WireTag.int32)
            append(fixed: middle)
        } else {
            append(WireTag.int64)
            append(fixed: value)
        }
    }

    /// Appends an integer in the shortest form that holds it.
    @inline(__always)
    mutating func append(unsigned value: UInt64) {
        if let signed = Int64(exactly: value) { return append(integer: signed) }
        append(WireTag.uint64)
        append(fixed: value)
    }
}
