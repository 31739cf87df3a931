/// The bytes and the table of keys of one message being decoded.
///
/// A closed core may be opened again for the next message, by the only one who has it. It keeps a few containers that
/// nobody holds any more, so that a struct in a message, or each in a long array of them, costs no new one.
// Safety: opening a core is `@unsafe`: who opens it keeps the bytes in place until it calls `close`, which leaves none
// to be read. Offsets are checked by the readers made here, and a name's range when the table was read and again when
// it is compared. One thread decodes; where a peer shares the bytes it changes values, not ranges.
@safe
final class DecodingCore {
    private struct Name {
        var offset: Int
        var length: Int
        var integer: Int?
    }

    // Emptied by `close` when decoding ends, so that a container kept for longer finds no bytes.
    private var bytes = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    private var attachments: (any AttachmentDecoding)?
    private var names: [Name] = []
    private var depth = 0
    /// Containers of the values being decoded, innermost last: the first few, which may be used again.
    private var live: [DecodingNode] = []
    /// Containers that nobody else holds.
    private var spare: [DecodingNode] = []
    /// Beyond so many, containers come and go as other objects do.
    private let keptNodes: Int
    private static let keptNames = 64

    /// `isReused`: it will be opened more than once, so that it pays to keep containers.
    init(isReused: Bool) { keptNodes = isReused ? 16 : 0 }

    /// Begins to decode from `bytes`, which must stay valid until `close`.
    @unsafe
    func open(_ bytes: UnsafeRawBufferPointer, attachments: (any AttachmentDecoding)?) {
        unsafe self.bytes = bytes
        self.attachments = attachments
    }

    /// Reads the message's own value.
    @inline(never)
    func read<T: Decodable>(_ type: T.Type, at offset: Int, limit: Int) throws -> T {
        try DecodingNode.root(of: self, limit: limit).read(type, at: offset, key: 0)
    }

    /// Made when somebody asks for it, which few values do.
    var userInfo: [CodingUserInfoKey: Any] { attachments.map { [.attachmentDecoding: $0] } ?? [:] }

    func close() {
        recycle(above: 0)
        unsafe bytes = UnsafeRawBufferPointer(start: nil, count: 0)
        attachments = nil
        if names.count > Self.keptNames { names = [] } else { names.removeAll(keepingCapacity: true) }
    }

    // MARK: Containers

    /// A container to be set up by the caller.
    @inline(__always)
    func makeNode() -> DecodingNode {
        let node = spare.popLast() ?? DecodingNode()
        if live.count < keptNodes { live.append(node) }
        return node
    }

    /// Takes back the containers made since there were `mark` of them, except those that somebody has kept.
    @inline(__always)
    private func recycle(above mark: Int) {
        while live.count > mark {
            var node = live.removeLast()
            // Whoever has kept it finds it as it was, and this core is not used again.
            guard isKnownUniquelyReferenced(&node) else { continue }
            node.retire()
            spare.append(node)
        }
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

    /// Runs `body` one level deeper; the containers it opens are taken back when it is over.
    @inline(__always)
    func descending<R>(_ body: () throws -> R) throws -> R {
        guard depth < WireTag.maximumDepth else {
            throw WireError(.depthExceeded, "values are nested more than \(WireTag.maximumDepth) deep")
        }
        depth += 1
        let mark = live.count
        defer {
            depth -= 1
            recycle(above: mark)
        }
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
