/// One container being read.
///
/// A place is where a value is: an offset, or `~offset` for an element inside a run of plain elements.
final class DecodingNode: KeptNode {
    enum Kind {
        case root, keyed, unkeyed
    }

    let core: DecodingCore
    /// Where the core keeps the node for other containers; -1 for a node of one container.
    let place: Int
    /// Shows the core that a node of one container is there.
    private let tie: NodeTie?
    private(set) var parent: DecodingNode?
    private(set) var key = 0
    private(set) var depth = 0
    private(set) var kind = Kind.root
    private(set) var limit = 0
    // Keyed: the entry that is probably asked for next.
    private var start = 0
    private var entry = -1
    private var entryKey = -1
    private var entryValue = -1
    // Whether the value of that entry was asked for: then the next one comes next.
    private var isRead = false
    // The entry before it: a key is asked for again when its value is not of the first type tried.
    private var passedKey = -1
    private var passedValue = -1
    private var repeatsKeys = false
    private var misses = 0
    private var index: [KeyName: (key: Int, value: Int)]?
    /// The number of the key whose value was found last, for paths.
    private(set) var lastKey = -1
    // Unkeyed.
    private(set) var count = 0
    var position = 0
    var cursor = 0
    var run: Run?

    /// The plain elements between the cursor and `end`.
    struct Run {
        var kind: ElementKind
        var stride: Int
        var end: Int
    }

    /// Where a container's values are.
    private struct Extent {
        var start: Int
        var limit: Int
        var count: Int
        var run: Run?
        var repeatsKeys: Bool
    }

    /// A node of `core`, which keeps it at a place of its shelf, or not at all.
    init(_ core: DecodingCore, keptAt place: Int) {
        self.core = core
        self.place = place
        tie = place < 0 ? core.tie : nil
    }

    /// The place of the message's own value.
    static func root(_ core: DecodingCore, limit: Int) -> DecodingNode {
        let node = core.node(0)
        node.open(.root, in: nil, 0, Extent(start: 0, limit: limit, count: 0, run: nil, repeatsKeys: false))
        return node
    }

    /// Opens the container at `place`; nil if something else is there.
    func container(_ kind: Kind, at place: Int, key: Int) throws -> DecodingNode? {
        guard place >= 0 else { return nil }
        guard depth < WireTag.maximumDepth else {
            throw WireError(.depthExceeded, "containers are nested more than \(WireTag.maximumDepth) deep")
        }
        guard let extent = try extent(kind, at: place) else { return nil }
        let node = core.node(depth + 1)
        node.open(kind, in: self, key, extent)
        return node
    }

    private func open(_ kind: Kind, in parent: DecodingNode?, _ key: Int, _ extent: Extent) {
        self.parent = parent
        self.key = key
        depth = parent.map { $0.depth + 1 } ?? 0
        self.kind = kind
        start = extent.start
        limit = extent.limit
        entry = -1
        entryKey = -1
        entryValue = -1
        isRead = false
        passedValue = -1
        repeatsKeys = extent.repeatsKeys
        misses = 0
        lastKey = -1
        count = extent.count
        position = 0
        cursor = extent.start
        run = extent.run
    }

    func rest() {
        parent = nil
        if index != nil { index = nil }
    }

    private func extent(_ kind: Kind, at place: Int) throws -> Extent? {
        var reader = core.reader(at: try core.unwrapped(place))
        let tag = try reader.byte()
        var (length, elements, run): (Int, Int, Run?) = (0, 0, nil)
        switch tag {
        case WireTag.empty: break
        case WireTag.keyed where kind == .keyed, WireTag.keyedRepeating where kind == .keyed:
            length = Int(try reader.fixed(UInt32.self))
        case WireTag.unkeyed where kind == .unkeyed:
            length = Int(try reader.fixed(UInt32.self))
            elements = Int(try reader.fixed(UInt32.self))
        case WireTag.array where kind == .unkeyed:
            let found = try Self.run(&reader)
            length = found.end - reader.offset
            elements = length / found.stride
            run = found
        default: return nil
        }
        guard length <= reader.remaining, elements <= length else {
            throw WireError(.truncated, "a container is longer than its message", offset: reader.offset)
        }
        return Extent(
            start: reader.offset, limit: reader.offset + length, count: elements, run: run,
            repeatsKeys: tag == WireTag.keyedRepeating)
    }

    /// Reads the head of a run or an array of plain elements.
    static func run(_ reader: inout ByteReader) throws -> Run {
        let kind = ElementKind(rawValue: try reader.byte())
        let stride = try reader.varint()
        let length = try reader.length()
        guard let kind, stride > 0, stride <= UInt64(Int32.max), length % Int(stride) == 0 else {
            throw WireError(.invalidValue, "an array of plain elements has a wrong head", offset: reader.offset)
        }
        return Run(kind: kind, stride: Int(stride), end: reader.offset + length)
    }

    /// The place of the key's value: quick when keys are asked for in the order they were written in.
    ///
    /// `isReading` says that the value will be read now, so that its key will hardly be asked for again.
    @inline(__always)
    func find(_ name: String, isReading: Bool) throws -> Int? {
        if !repeatsKeys {
            if entry >= 0, !isRead, core.matches(entryKey, name) { return hit(isReading) }
            if try advance(), core.matches(entryKey, name) { return hit(isReading) }
        }
        return try search(name)
    }

    @inline(__always)
    private func hit(_ isReading: Bool) -> Int {
        isRead = isReading
        lastKey = entryKey
        return entryValue
    }

    @inline(__always)
    private func advance() throws -> Bool {
        let next = entry < 0 ? start : try core.skip(entryValue)
        isRead = false
        guard next < limit else { return false }
        (passedKey, passedValue) = (entryKey, entryValue)
        (entryKey, entryValue) = try self.entry(at: next)
        entry = next
        return true
    }

    @inline(__always)
    private func entry(at offset: Int) throws -> (key: Int, value: Int) {
        var reader = core.reader(at: offset)
        let key = try reader.varint()
        guard key <= UInt64(Int32.max) else {
            throw WireError(.invalidValue, "there is no key number \(key)", offset: offset)
        }
        return (Int(key), reader.offset)
    }

    @inline(never)
    private func search(_ name: String) throws -> Int? {
        if passedValue >= 0, !repeatsKeys, core.matches(passedKey, name) {
            lastKey = passedKey
            return passedValue
        }
        var found: (key: Int, value: Int)?
        misses += 1
        if misses <= 8 {
            try forEachEntry { if try core.isKey($0, name) { found = ($0, $1) } }
        } else {
            var all = index ?? [:]
            if all.isEmpty {
                try forEachEntry { all[KeyName(try core.key($0).stringValue)] = ($0, $1) }
                index = all
            }
            found = all[KeyName(name)]
        }
        if let found { lastKey = found.key }
        return found?.value
    }

    private func forEachEntry(_ body: (Int, Int) throws -> Void) throws {
        var offset = start
        while offset < limit {
            let (key, value) = try entry(at: offset)
            try body(key, value)
            offset = try core.skip(value)
        }
    }

    /// The keys in the order they were written, each once.
    func keys() throws -> [WireKey] {
        var numbers: [Int] = []
        var seen: Set<Int> = []
        try forEachEntry { key, _ in if !repeatsKeys || seen.insert(key).inserted { numbers.append(key) } }
        return try numbers.map(core.key)
    }

    var codingPath: [any CodingKey] { parent?.path(to: key) ?? [] }

    /// The path to the value under `key` in this container.
    func path(to key: Int) -> [any CodingKey] {
        var path: [any CodingKey] = []
        var (node, key): (DecodingNode, Int) = (self, key)
        while node.kind != .root {
            path.append(
                node.kind == .keyed ? (try? node.core.key(key)) ?? WireKey(intValue: key) : WireKey(intValue: key))
            guard let parent = node.parent else { break }
            (node, key) = (parent, node.key)
        }
        return path.reversed()
    }
}
