/// Turns `Codable` values into compact bytes and back, between processes of the same executable.
///
/// There is no schema and no version: both ends are the same program. Numbers keep their value, not their width;
/// a number that was written as one type may be read as another that can hold it.
package enum WireCoder {
    // Safety: the pointers handed to a core, to the writer and to the reader's bytes, are good for the call that hands
    // them over; it seals or closes the core before it returns or throws, so that a container kept by somebody's
    // `Codable` code finds nothing. Plain values are copied to and from their bytes as `PlainData` allows.

    /// Appends a value to `writer`.
    ///
    /// Fails with `WireError.Code.tooLarge` when the value takes more than `sizeLimit` bytes, and then leaves `writer`
    /// as it was. Errors thrown by the value's own code come out unchanged.
    package static func encode<T: Encodable>(
        _ value: T, into writer: inout ByteWriter, attachments: (any AttachmentEncoding)? = nil, sizeLimit: Int
    ) throws {
        var memory = EncodingMemory(forOne: true)
        try encode(value, into: &writer, attachments: attachments, sizeLimit: sizeLimit, using: &memory)
    }

    /// As the other form, with memory that the caller keeps from one message to the next.
    @inline(__always)
    package static func encode<T: Encodable>(
        _ value: T, into writer: inout ByteWriter, attachments: (any AttachmentEncoding)?, sizeLimit: Int,
        using memory: inout EncodingMemory
    ) throws {
        switch TypeShape.of(T.self) {
        case .plain where MemoryLayout<T>.size <= sizeLimit:
            // The shape says that the value is its bytes.
            writer.append(WireTag.plain)
            writer.append(varint: UInt64(MemoryLayout<T>.size))
            unsafe Swift.withUnsafeBytes(of: value) { unsafe writer.append($0) }
        case let shape: try encodeMessage(value, shape, &writer, attachments, sizeLimit, &memory)
        }
    }

    @inline(never)
    private static func encodeMessage<T: Encodable>(
        _ value: T, _ shape: TypeShape, _ writer: inout ByteWriter, _ attachments: (any AttachmentEncoding)?,
        _ sizeLimit: Int, _ memory: inout EncodingMemory
    ) throws {
        let core = memory.takeCore()
        defer { memory.giveBack(core) }
        let start = writer.count
        do {
            // The core is sealed before the pointer to the writer ends.
            try unsafe withUnsafeMutablePointer(to: &writer) { output in
                unsafe core.open(output, attachments: attachments, sizeLimit: sizeLimit)
                defer { core.seal() }
                // Only a value with containers inside can have keys.
                if (shape == .codable && T.self != String.self) || shape == .optional {
                    try core.encodeMessage(value, shape)
                } else {
                    try core.write(value, in: nil, at: 0)
                }
                try core.reserve(0)
            }
        } catch {
            writer.truncate(to: start)
            throw WireError.normalized(error)
        }
    }

    /// Reads a value that `encode` has written, and leaves `reader` behind it.
    ///
    /// Bytes that are no such value give an error, never a trap, and no more memory is taken than the bytes justify.
    @inline(__always)
    package static func decode<T: Decodable>(
        _ type: T.Type, from reader: inout ByteReader, attachments: (any AttachmentDecoding)? = nil
    ) throws -> T {
        if TypeShape.of(type) == .plain { return try decodePlain(type, &reader, attachments) }
        var memory = DecodingMemory(forOne: true)
        return try decodeMessage(type, &reader, attachments, &memory)
    }

    /// As the other form, with memory that the caller keeps from one message to the next.
    @inline(__always)
    package static func decode<T: Decodable>(
        _ type: T.Type, from reader: inout ByteReader, attachments: (any AttachmentDecoding)?,
        using memory: inout DecodingMemory
    ) throws -> T {
        if TypeShape.of(type) == .plain { return try decodePlain(type, &reader, attachments) }
        return try decodeMessage(type, &reader, attachments, &memory)
    }

    // By itself, since its room for the value costs a look-up of metadata, which other values need not pay.
    @inline(never)
    private static func decodePlain<T: Decodable>(
        _ type: T.Type, _ reader: inout ByteReader, _ attachments: (any AttachmentDecoding)?
    ) throws -> T {
        // The shape says that the value is its bytes.
        if let bytes = unsafe try plainBytes(MemoryLayout<T>.size, &reader) { return unsafe plainValue(type, bytes) }
        var memory = DecodingMemory(forOne: true)
        return try decodeMessage(type, &reader, attachments, &memory)
    }

    /// The bytes of a plain value; nil, with the reader where it was, when it was written in another way.
    private static func plainBytes(_ size: Int, _ reader: inout ByteReader) throws -> UnsafeRawBufferPointer? {
        let start = reader.offset
        if try reader.byte() == WireTag.plain, try reader.length() == size { return unsafe try reader.take(size) }
        reader.offset = start
        return nil
    }

    @inline(never)
    private static func decodeMessage<T: Decodable>(
        _ type: T.Type, _ reader: inout ByteReader, _ attachments: (any AttachmentDecoding)?,
        _ memory: inout DecodingMemory
    ) throws -> T {
        let core = memory.takeCore()
        defer { memory.giveBack(core) }
        // The core is closed before this call ends, and the reader's bytes live as long as the reader is used.
        unsafe core.open(reader.all, attachments: attachments)
        defer { core.close() }
        do {
            return try core.decodeMessage(type, &reader)
        } catch {
            throw WireError.normalized(error)
        }
    }
}

/// What an encoder keeps from one message to the next.
package struct EncodingMemory: ~Copyable {
    private var core: EncodingCore?
    private let isForOne: Bool

    /// Memory for many messages, or for one, which then costs less.
    package init(forOne isForOne: Bool = false) {
        self.isForOne = isForOne
    }

    deinit { core?.end() }

    fileprivate mutating func takeCore() -> EncodingCore { core.take() ?? EncodingCore(forOne: isForOne) }

    /// Keeps the core, unless a container of the message was kept by somebody, who must go on finding it sealed.
    fileprivate mutating func giveBack(_ used: EncodingCore) {
        guard !isForOne else { return }
        if used.settle() { core = used } else { used.end() }
    }
}

/// What a decoder keeps from one message to the next.
package struct DecodingMemory: ~Copyable {
    private var core: DecodingCore?
    private let isForOne: Bool

    /// Memory for many messages, or for one, which then costs less.
    package init(forOne isForOne: Bool = false) {
        self.isForOne = isForOne
    }

    deinit { core?.end() }

    fileprivate mutating func takeCore() -> DecodingCore { core.take() ?? DecodingCore(forOne: isForOne) }

    /// Keeps the core, unless a container of the message was kept by somebody, who must go on finding it closed.
    fileprivate mutating func giveBack(_ used: DecodingCore) {
        guard !isForOne else { return }
        if used.settle() { core = used } else { used.end() }
    }
}

extension DecodingCore {
    /// Decodes the outermost value, with the table of its keys behind it.
    func decodeMessage<T: Decodable>(_ type: T.Type, _ reader: inout ByteReader) throws -> T {
        var body = reader
        guard try body.byte() == WireTag.message else {
            let value = try DecodingNode.root(self, limit: reader.count).read(type, at: reader.offset, key: 0)
            reader.offset = try skip(reader.offset)
            return value
        }
        let length = Int(try body.fixed(UInt32.self))
        guard length <= body.remaining else {
            throw WireError(.truncated, "the message is longer than its bytes", offset: body.offset)
        }
        var names = body
        names.offset += length
        try readNames(&names)
        let root = DecodingNode.root(self, limit: body.offset + length)
        let value = try root.read(type, at: body.offset, key: 0)
        reader.offset = names.offset
        return value
    }
}

extension EncodingCore {
    /// Encodes the outermost value, with the table of its keys behind it.
    func encodeMessage<T: Encodable>(_ value: T, _ shape: TypeShape) throws {
        let start = writer.count
        writer.append(WireTag.message)
        writer.append(fixed: UInt32(0))
        if shape == .codable, T.self != Bool.self {
            try encode(value, in: nil, at: 0)
        } else {
            try write(value, in: nil, at: 0)
        }
        guard let length = UInt32(exactly: writer.count - start - 5) else { throw tooLarge() }
        writer.patch(length, at: start + 1)
        writeKeys()
    }
}
