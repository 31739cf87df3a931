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
    private let keys: KeyTable
    // What is kept for the next value; nil in a core for one message. Each node there leads back to the core.
    private var kept: KeptNodes<EncodingNode>?
    private(set) var tie: NodeTie?
    /// The first misuse that a container could not throw itself.
    private var failure: WireError?
    // The container at the end of the message; it lives as long as the scope it belongs to, which sets the one of the
    // scope around it when it ends.
    private var current: Unmanaged<EncodingNode>?
    /// The last container opened inside another of the same value; each leads to the one before.
    private var nested: EncodingNode?
    private var scope = 0
    private var scopes = 0
    private var depth = 0

    struct Mark {
        var start: Int
        var point: Int
    }

    /// A core for one message, or for several; the second must be ended.
    init(forOne isForOne: Bool) {
        keys = KeyTable(remembers: !isForOne)
        kept = isForOne ? nil : KeptNodes()
        tie = isForOne ? nil : NodeTie()
    }

    /// Drops what the core keeps, which leads back to it.
    func end() {
        kept?.free()
        kept = nil
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
        if failure != nil { failure = nil }
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
        let outer = unsafe (current, nested.take(), scope)
        scopes += 1
        scope = scopes
        depth += 1
        let node = node(parent, key, depth - 1)
        unsafe current = .passUnretained(node)
        defer {
            if nested != nil { unlink() }
            unsafe (current, nested, scope) = outer
            depth -= 1
        }
        try value.encode(to: WireEncoder(node: node))
        if let failure { throw failure }
        try close(node)
    }

    /// Lets go of the nested containers one by one, so that a long chain of them does not end in as many calls.
    private func unlink() {
        while let node = nested {
            nested = node.previous
            node.previous = nil
        }
    }

    /// The node of a value that is about to be encoded.
    @inline(__always)
    private func node(_ parent: EncodingNode?, _ key: Int, _ place: Int) -> EncodingNode {
        guard let kept else { return EncodingNode(self, parent: parent, key: key, scope: scope) }
        if let node = kept.take(place) {
            node.open(parent: parent, key: key, scope: scope, at: writer.count)
            return node
        }
        return newNode(parent, key, place, kept)
    }

    @inline(never)
    private func newNode(
        _ parent: EncodingNode?, _ key: Int, _ place: Int, _ kept: KeptNodes<EncodingNode>
    ) -> EncodingNode {
        guard kept.hasRoom(place) else { return EncodingNode(self, parent: parent, key: key, scope: scope) }
        let node = EncodingNode(self, keptAt: place)
        kept.add(node)
        node.open(parent: parent, key: key, scope: scope, at: writer.count)
        return node
    }

    private func close(_ root: EncodingNode) throws {
        if root.kind == .undecided { writer.append(WireTag.empty) }
        // With several containers, the open ones from the last written to up end here.
        if !isCurrent(root) {
            var node = unsafe current?.takeUnretainedValue()
            while let open = node, open !== root {
                open.end = writer.count
                node = open.parent
            }
        }
        root.end = writer.count
        try forEachNested { try $0.complete() }
        try root.complete()
    }

    /// The number of the key, given on first sight.
    @inline(__always)
    func number<Key: CodingKey>(of key: Key) -> Int {
        // The key's own code runs first: it may encode something else.
        let name = key.stringValue
        let place = keys.expected(name)
        guard place >= 0, keys.isNumber(place, key.intValue) else { return keys.number(name, key.intValue) }
        keys.pass(place)
        return place
    }

    /// The key with that number, for the path to a value.
    func key(_ number: Int) -> WireKey { keys.key(number) }

    /// Writes the table of the keys.
    func writeKeys() {
        keys.write(to: &writer)
    }

    /// The container with keys around a node.
    @inline(__always)
    func keyed<Key: CodingKey>(_ node: EncodingNode, by key: Key.Type) -> KeyedEncodingContainer<Key> {
        if node.place >= 0, let kept, let container = unsafe kept.container(node.place, key) {
            return unsafe keptEncodingContainer(container, key)
        }
        return newKeyed(node, by: key)
    }

    @inline(never)
    private func newKeyed<Key: CodingKey>(_ node: EncodingNode, by key: Key.Type) -> KeyedEncodingContainer<Key> {
        let container = KeyedEncodingContainer(KeyedEncoding<Key>(node: node))
        if node.place >= 0 { kept?.keep(container, node.place, key) }
        return container
    }

    /// Opens a container, or holds a place for one, inside another container of the same value.
    func nest(in parent: EncodingNode, at key: Int, _ kind: EncodingNode.Kind, _ mark: Mark) throws -> EncodingNode {
        guard parent.depth < WireTag.maximumDepth else {
            throw WireError(.depthExceeded, "containers are nested more than \(WireTag.maximumDepth) deep")
        }
        let node = EncodingNode(self, parent: parent, key: key, scope: scope)
        node.previous = nested
        nested = node
        node.kind = kind
        node.isSlot = kind == .undecided
        node.writeHeader()
        node.end = writer.count
        if mark.point < 0 { unsafe current = .passUnretained(node) }
        try finish(parent, mark)
        return node
    }

    /// Prepares writing into a container.
    @inline(__always)
    func begin(_ node: EncodingNode) throws -> Mark {
        if isCurrent(node), node.scope == scope { return Mark(start: writer.count, point: -1) }
        return try beginElsewhere(node)
    }

    @inline(__always)
    private func isCurrent(_ node: EncodingNode) -> Bool {
        unsafe current?.toOpaque() == Unmanaged.passUnretained(node).toOpaque()
    }

    private func beginElsewhere(_ node: EncodingNode) throws -> Mark {
        guard node.scope == scope, scope != 0 else {
            throw WireError(.unsupported, "a container is used outside the value it belongs to")
        }
        let tail = writer.count
        var other = unsafe current?.takeUnretainedValue()
        while let open = other, open.scope == scope {
            if open === node {
                unsafe current = .passUnretained(node)
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
        forEachNested { other in
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

    @inline(__always)
    private func forEachNested(_ body: (EncodingNode) throws -> Void) rethrows {
        var next = nested
        while let node = next {
            try body(node)
            next = node.previous
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
        unsafe current = nil
        unsafe output = nil
        attachments = nil
    }

    /// Ends a message for which the core was opened.
    ///
    /// - Returns: Whether the core can be opened again, since nobody keeps a container of it.
    func settle() -> Bool {
        guard let kept else { return false }
        return kept.settle() && isKnownUniquelyReferenced(&tie)
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
