/// The state of one message being encoded.
///
/// Containers write straight to the end of the message. A container that is written to after a later one has begun
/// gets its bytes by rotation: they are written at the end and moved to their place.
///
/// A sealed core may be opened again for the next message, by the only one who has it.
// Safety: opening a core is `@unsafe`: who opens it keeps the writer at `output` in place, and to this one thread,
// until it has called `seal`. From then on no scope is open, and a container that was kept refuses every write before
// it reaches the pointer; numbers of scopes are never used twice.
@safe
final class EncodingCore {
    private var output: UnsafeMutablePointer<ByteWriter>?
    private var attachments: (any AttachmentEncoding)?
    private var limit = 0
    var keys = KeyTable()
    /// The first misuse that a container could not throw itself.
    private var failure: WireError?
    private var current: EncodingNode?
    private var nested: [EncodingNode] = []
    private var nestedBase = 0
    private var scope = 0
    private var scopes = 0
    private var depth = 0

    struct Mark {
        var start: Int
        var point: Int
    }

    /// Made when somebody asks for it, which few values do.
    var userInfo: [CodingUserInfoKey: Any] { attachments.map { [.attachmentEncoding: $0] } ?? [:] }

    /// Begins a message at the end of `output`, which must stay in place until `seal`.
    @unsafe
    func open(
        _ output: UnsafeMutablePointer<ByteWriter>, attachments: (any AttachmentEncoding)?, sizeLimit: Int
    ) {
        unsafe self.output = output
        self.attachments = attachments
        keys.reset()
        failure = nil
        let start = unsafe output.pointee.count
        limit = sizeLimit > Int.max - start ? Int.max : start + sizeLimit
    }

    @inline(__always)
    var writer: ByteWriter {
        // The pointer is valid while a scope is open, which every caller has checked.
        _read { yield unsafe output.unsafelyUnwrapped.pointee }
        _modify { yield unsafe &output.unsafelyUnwrapped.pointee }
    }

    /// Encodes a value by its own code.
    func encode<T: Encodable>(_ value: T, in parent: EncodingNode?, at key: Int) throws {
        guard depth < WireTag.maximumDepth, (parent?.depth ?? 0) < WireTag.maximumDepth else {
            throw WireError(.depthExceeded, "values are nested more than \(WireTag.maximumDepth) deep")
        }
        let outer = (current, nestedBase, scope)
        scopes += 1
        scope = scopes
        nestedBase = nested.count
        depth += 1
        let node = EncodingNode(self, parent: parent, key: key, scope: scope)
        current = node
        defer {
            if nested.count > nestedBase { nested.removeLast(nested.count - nestedBase) }
            (current, nestedBase, scope) = outer
            depth -= 1
        }
        try value.encode(to: WireEncoder(node: node))
        if let failure { throw failure }
        try close(node)
    }

    private func close(_ root: EncodingNode) throws {
        if root.kind == .undecided { writer.append(WireTag.empty) }
        // With several containers, the open ones from the last written to up end here.
        var node = current
        while let open = node, open !== root {
            open.end = writer.count
            node = open.parent
        }
        root.end = writer.count
        for node in nested[nestedBase...] { try node.complete() }
        try root.complete()
    }

    /// Opens a container, or holds a place for one, inside another container of the same value.
    func nest(in parent: EncodingNode, at key: Int, _ kind: EncodingNode.Kind, _ mark: Mark) throws -> EncodingNode {
        guard parent.depth < WireTag.maximumDepth else {
            throw WireError(.depthExceeded, "containers are nested more than \(WireTag.maximumDepth) deep")
        }
        let node = EncodingNode(self, parent: parent, key: key, scope: scope)
        nested.append(node)
        node.kind = kind
        node.isSlot = kind == .undecided
        node.writeHeader()
        node.end = writer.count
        if mark.point < 0 { current = node }
        try finish(parent, mark)
        return node
    }

    /// Prepares writing into a container.
    @inline(__always)
    func begin(_ node: EncodingNode) throws -> Mark {
        if node === current, node.scope == scope { return Mark(start: writer.count, point: -1) }
        return try beginElsewhere(node)
    }

    private func beginElsewhere(_ node: EncodingNode) throws -> Mark {
        guard node.scope == scope, scope != 0 else {
            throw WireError(.unsupported, "a container is used outside the value it belongs to")
        }
        let tail = writer.count
        var other = current
        while let open = other, open.scope == scope {
            if open === node {
                current = node
                return Mark(start: tail, point: -1)
            }
            open.end = tail
            other = open.parent
        }
        return Mark(start: tail, point: node.end)
    }

    /// Ends writing into a container: checks the size and moves the bytes to their place.
    @inline(__always)
    func finish(_ node: EncodingNode, _ mark: Mark) throws {
        if mark.point >= 0 { move(node, mark) }
        if writer.count > limit { throw tooLarge() }
    }

    private func move(_ node: EncodingNode, _ mark: Mark) {
        let length = writer.count - mark.start
        writer.rotate(tail: mark.start, to: mark.point)
        for other in nested[nestedBase...] {
            if other.header >= mark.start, other !== node {
                other.header -= mark.start - mark.point
                other.end -= mark.start - mark.point
            } else if other.encloses(node) {
                other.end += length
            } else if other.header >= mark.point {
                other.header += length
                other.end += length
            }
        }
    }

    /// Takes back what was written since `mark`, after an error that the value's own code may catch.
    func cancel(_ mark: Mark) {
        writer.truncate(to: mark.start)
    }

    /// Fails before memory is taken when `length` more bytes are too many.
    @inline(__always)
    func reserve(_ length: Int) throws {
        if length > limit - writer.count { throw tooLarge() }
        writer.reserve(length)
    }

    func tooLarge() -> WireError {
        WireError(.tooLarge, "the message is larger than its limit")
    }

    func size(_ value: Int, _ node: EncodingNode) throws -> UInt32 {
        guard let size = UInt32(exactly: value) else {
            throw WireError(
                .tooLarge, "a container is larger than 4 GiB", codingPath: node.codingPath.map(\.stringValue))
        }
        return size
    }

    /// Remembers a misuse and gives back a container that refuses every write.
    func refuse(_ node: EncodingNode, _ message: String) -> EncodingNode {
        if failure == nil {
            failure = WireError(.unsupported, message, codingPath: node.codingPath.map(\.stringValue))
        }
        return EncodingNode(self, parent: node.parent, key: node.key, scope: -1)
    }

    /// No container may write from here on.
    func seal() {
        scope = 0
        current = nil
        unsafe output = nil
        attachments = nil
    }
}

extension EncodingNode {
    /// Whether the container is `other` or holds it.
    func encloses(_ other: EncodingNode) -> Bool {
        var node: EncodingNode? = other
        while let some = node, some.scope == scope {
            if some === self { return true }
            node = some.parent
        }
        return false
    }
}
