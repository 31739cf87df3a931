/// The bytes and the table of keys of one message being decoded.
// Safety: making a core is `@unsafe`: the maker keeps the bytes in place until it calls `close`, which leaves none to
// be read. Offsets are checked by the readers made here, and a name's range when the table was read and again when it
// is compared. One thread decodes; where a peer shares the bytes it changes values, not ranges.
@safe
final class DecodingCore {
    private struct Name {
        var offset: Int
        var length: Int
        var integer: Int?
    }

    // Emptied by `close` when decoding ends, so that a container kept for longer finds no bytes.
    private var bytes: UnsafeRawBufferPointer
    private let attachments: (any AttachmentDecoding)?
    private var names: [Name] = []
    private var depth = 0

    /// Decodes from `bytes`, which must stay valid until `close`.
    @unsafe
    init(_ bytes: UnsafeRawBufferPointer, attachments: (any AttachmentDecoding)?) {
        unsafe self.bytes = bytes
        self.attachments = attachments
    }

    /// Made when somebody asks for it, which few values do.
    var userInfo: [CodingUserInfoKey: Any] { attachments.map { [.attachmentDecoding: $0] } ?? [:] }

    func close() {
        unsafe bytes = UnsafeRawBufferPointer(start: nil, count: 0)
    }

    @inline(__always)
    func reader(at offset: Int) -> ByteReader {
        // The reader does not outlive the call that asked for it.
        unsafe ByteReader(bytes, offset: offset)
    }

    /// Reads the table of keys; each name is at least one byte, so the table is never larger than the message.
    func readNames(_ reader: inout ByteReader) throws {
        let count = try reader.length()
        guard count > 0 else { return }
        names.reserveCapacity(count)
        for _ in 0..<count {
            let word = try reader.varint()
            let length = word >> 1
            guard length <= UInt64(reader.remaining) else {
                throw WireError(.truncated, "a key is longer than the message", offset: reader.offset)
            }
            let offset = reader.offset
            reader.offset += Int(length)
            let integer = word & 1 == 1 ? Int(try reader.fixed(Int64.self)) : nil
            names.append(Name(offset: offset, length: Int(length), integer: integer))
        }
    }

    /// Whether the key with that number has this name, byte for byte.
    @inline(__always)
    func matches(_ number: Int, _ text: inout String) -> Bool {
        guard number < names.count else { return false }
        let name = names[number]
        // The string's bytes are contiguous for the call; the name's range was checked when the table was read.
        return text.withUTF8 { units in
            guard units.count == name.length, unsafe bytes.count >= name.offset + name.length else { return false }
            for index in 0..<name.length where unsafe units[index] != bytes[name.offset + index] { return false }
            return true
        }
    }

    /// The key with that number.
    func key(_ number: Int) throws -> WireKey {
        guard names.indices.contains(number) else {
            throw WireError(.invalidValue, "there is no key number \(number)")
        }
        let name = names[number]
        var reader = reader(at: name.offset)
        return WireKey(try reader.string(name.length), name.integer)
    }

    func tag(at offset: Int) throws -> UInt8 {
        var reader = reader(at: offset)
        return try reader.byte()
    }

    /// Where the value starts once the marks of super encoders are passed.
    @inline(__always)
    func unwrapped(_ place: Int) throws -> Int {
        guard place >= 0 else { return place }
        var place = place
        while try tag(at: place) == WireTag.wrapped { place += 1 }
        return place
    }

    /// Runs `body` one level deeper.
    @inline(__always)
    func descending<R>(_ body: () throws -> R) throws -> R {
        guard depth < WireTag.maximumDepth else {
            throw WireError(.depthExceeded, "values are nested more than \(WireTag.maximumDepth) deep")
        }
        depth += 1
        defer { depth -= 1 }
        return try body()
    }

    /// The offset behind the value that starts at `offset`.
    @inline(__always)
    func skip(_ offset: Int) throws -> Int {
        var reader = reader(at: offset)
        var tag = try reader.byte()
        if tag >= WireTag.smallInteger { return reader.offset }
        while tag == WireTag.some || tag == WireTag.wrapped { tag = try reader.byte() }
        return try skipBody(tag, &reader)
    }

    private func skipBody(_ tag: UInt8, _ reader: inout ByteReader) throws -> Int {
        var length = 0
        switch tag {
        case WireTag.smallInteger...: break
        case WireTag.empty, WireTag.null, WireTag.true, WireTag.false: break
        case WireTag.int8: length = 1
        case WireTag.int16: length = 2
        case WireTag.int32, WireTag.float: length = 4
        case WireTag.int64, WireTag.uint64, WireTag.double: length = 8
        case WireTag.string, WireTag.plain: length = try reader.length()
        case WireTag.array, WireTag.run:
            _ = try reader.byte()
            _ = try reader.varint()
            length = try reader.length()
        case WireTag.keyed, WireTag.keyedRepeating: length = Int(try reader.fixed(UInt32.self))
        case WireTag.unkeyed: length = Int(try reader.fixed(UInt32.self)) + 4
        default: throw WireError(.invalidValue, "no value starts with the byte \(tag)", offset: reader.offset - 1)
        }
        guard length <= reader.remaining else {
            throw WireError(.truncated, "a value is longer than its message", offset: reader.offset)
        }
        return reader.offset + length
    }
}
