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
    @inline(__always)
    package static func encode<T: Encodable>(
        _ value: T, into writer: inout ByteWriter, attachments: (any AttachmentEncoding)? = nil, sizeLimit: Int
    ) throws {
        switch TypeShape.of(T.self) {
        case .plain where MemoryLayout<T>.size <= sizeLimit:
            // The shape says that the value is its bytes.
            writer.append(WireTag.plain)
            writer.append(varint: UInt64(MemoryLayout<T>.size))
            unsafe Swift.withUnsafeBytes(of: value) { unsafe writer.append($0) }
        case let shape: try encodeMessage(value, shape, &writer, attachments, sizeLimit)
        }
    }

    @inline(never)
    private static func encodeMessage<T: Encodable>(
        _ value: T, _ shape: TypeShape, _ writer: inout ByteWriter, _ attachments: (any AttachmentEncoding)?,
        _ sizeLimit: Int
    ) throws {
        let start = writer.count
        do {
            // The core is sealed before the pointer to the writer ends.
            try unsafe withUnsafeMutablePointer(to: &writer) { output in
                let userInfo: [CodingUserInfoKey: Any] = attachments.map { [.attachmentEncoding: $0] } ?? [:]
                let core = unsafe EncodingCore(output, userInfo: userInfo, sizeLimit: sizeLimit)
                defer { core.seal() }
                // Only a value with containers inside can have keys.
                if (shape == .codable && T.self != String.self) || shape == .optional {
                    try core.encodeMessage(value)
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
        if TypeShape.of(T.self) == .plain {
            let start = reader.offset
            if try reader.byte() == WireTag.plain, try reader.length() == MemoryLayout<T>.size {
                // The shape says that the value is its bytes.
                return unsafe plainValue(type, try reader.take(MemoryLayout<T>.size))
            }
            reader.offset = start
        }
        return try decodeMessage(type, &reader, attachments)
    }

    @inline(never)
    private static func decodeMessage<T: Decodable>(
        _ type: T.Type, _ reader: inout ByteReader, _ attachments: (any AttachmentDecoding)?
    ) throws -> T {
        let userInfo: [CodingUserInfoKey: Any] = attachments.map { [.attachmentDecoding: $0] } ?? [:]
        // The core is closed before this call ends, and the reader's bytes live as long as the reader is used.
        let core = unsafe DecodingCore(reader.all, userInfo: userInfo)
        defer { core.close() }
        do {
            var body = reader
            guard try body.byte() == WireTag.message else {
                let value = try DecodingNode(root: core, limit: reader.count).read(type, at: reader.offset, key: 0)
                reader.offset = try core.skip(reader.offset)
                return value
            }
            let length = Int(try body.fixed(UInt32.self))
            guard length <= body.remaining else {
                throw WireError(.truncated, "the message is longer than its bytes", offset: body.offset)
            }
            var names = body
            names.offset += length
            try core.readNames(&names)
            let root = DecodingNode(root: core, limit: body.offset + length)
            let value = try root.read(type, at: body.offset, key: 0)
            reader.offset = names.offset
            return value
        } catch {
            throw WireError.normalized(error)
        }
    }
}

extension EncodingCore {
    /// Encodes the outermost value, with the table of its keys behind it.
    func encodeMessage<T: Encodable>(_ value: T) throws {
        let start = writer.count
        writer.append(WireTag.message)
        writer.append(fixed: UInt32(0))
        try write(value, in: nil, at: 0)
        guard let length = UInt32(exactly: writer.count - start - 5) else { throw tooLarge() }
        writer.patch(length, at: start + 1)
        keys.write(to: &writer)
    }
}
