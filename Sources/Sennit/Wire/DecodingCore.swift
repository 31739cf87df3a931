/// The bytes and the table of keys of one message being decoded.
///
/// A closed core may be opened again for the next message, by the only one who has it.
// Safety: opening a core is `@unsafe`: who opens it keeps the bytes in place until it calls `close`, which leaves none
// to be read. Offsets are checked by the readers made here, and a name's range when the table was read and again when
// it is compared. One thread decodes; where a peer shares the bytes it changes values, not ranges.
@safe
final class DecodingCore {
    struct Name {
        /// Counted from the start of the table.
        var offset: Int
        var length: Int
        var integer: Int?
        /// The key that was found to have this name.
        var known: KeyName?
        var isText = false
    }

    // Emptied by `close` when decoding ends, so that a container kept for longer finds no bytes.
    private var bytes = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    private var attachments: (any AttachmentDecoding)?
    var names: [Name] = []
    /// Where the table of keys starts.
    var namesStart = 0
    /// The bytes of the table that `names` was read from, if the next message may have the same.
    var table: [UInt8] = []
    private var depth = 0
    // What is kept for the next value; nil in a core for one message. Each node there leads back to the core.
    private var kept: KeptNodes<DecodingNode>?
    private(set) var tie: NodeTie?

    /// A core for one message, or for several; the second must be ended.
    init(forOne isForOne: Bool) {
        kept = isForOne ? nil : KeptNodes()
        tie = isForOne ? nil : NodeTie()
    }

    /// Begins a message within `bytes`, which must stay valid until `close`.
    @unsafe
    func open(_ bytes: UnsafeRawBufferPointer, attachments: (any AttachmentDecoding)?) {
        unsafe self.bytes = bytes
        self.attachments = attachments
        namesStart = bytes.count
    }

    /// No container may read from here on.
    func close() {
        unsafe bytes = UnsafeRawBufferPointer(start: nil, count: 0)
        attachments = nil
        if table.isEmpty, !names.isEmpty { names = [] }
    }

    /// Ends a message, after `close`.
    ///
    /// - Returns: Whether the core can be opened again, since nobody keeps a container of it.
    func settle() -> Bool {
        guard let kept else { return false }
        return kept.settle() && isKnownUniquelyReferenced(&tie)
    }

    /// Drops what the core keeps, which leads back to it; a container that somebody keeps finds no keys any more.
    func end() {
        kept?.free()
        kept = nil
        names = []
    }

    var remembers: Bool { kept != nil }

    /// Made when somebody asks for it, which few values do.
    var userInfo: [CodingUserInfoKey: Any] { attachments.map { [.attachmentDecoding: $0] } ?? [:] }

    @inline(__always)
    func reader(at offset: Int) -> ByteReader {
        // The reader does not outlive the call that asked for it.
        unsafe ByteReader(bytes, offset: offset)
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

    /// Begins a value one level deeper, which ends with `ascend`.
    @inline(__always)
    func descend() throws {
        guard depth < WireTag.maximumDepth else {
            throw WireError(.depthExceeded, "values are nested more than \(WireTag.maximumDepth) deep")
        }
        depth += 1
    }

    @inline(__always)
    func ascend() {
        depth -= 1
    }

    // MARK: Containers

    /// A node for a container at that depth, still to be opened.
    @inline(__always)
    func node(_ depth: Int) -> DecodingNode {
        guard let kept else { return DecodingNode(self, keptAt: -1) }
        return kept.take(depth) ?? newNode(depth, kept)
    }

    @inline(never)
    private func newNode(_ depth: Int, _ kept: KeptNodes<DecodingNode>) -> DecodingNode {
        guard kept.hasRoom(depth) else { return DecodingNode(self, keptAt: -1) }
        let node = DecodingNode(self, keptAt: depth)
        kept.add(node)
        return node
    }

    /// The container with keys around a node.
    @inline(__always)
    func keyed<Key: CodingKey>(_ node: DecodingNode, by key: Key.Type) -> KeyedDecodingContainer<Key> {
        if node.place >= 0, let kept, let container = unsafe kept.container(node.place, key) {
            return unsafe keptDecodingContainer(container, key)
        }
        return newKeyed(node, by: key)
    }

    @inline(never)
    private func newKeyed<Key: CodingKey>(_ node: DecodingNode, by key: Key.Type) -> KeyedDecodingContainer<Key> {
        let container = KeyedDecodingContainer(KeyedDecoding<Key>(node: node))
        if node.place >= 0 { kept?.keep(container, node.place, key) }
        return container
    }

    // MARK: Passing values

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
