/// One container being read.
///
/// A place is where a value is: an offset, or `~offset` for an element inside a run of plain elements.
final class DecodingNode {
    enum Kind {
        case root, keyed, unkeyed
    }

    let core: DecodingCore
    let parent: DecodingNode?
    let key: Int
    let depth: Int
    let kind: Kind
    let limit: Int
    // Keyed: the entry that is probably asked for next.
    private let start: Int
    private var entry = -1
    private var entryKey = -1
    private var entryValue = -1
    private let repeatsKeys: Bool
    private var misses = 0
    private var index: [String: (key: Int, value: Int)]?
    /// The number of the key whose value was found last, for paths.
    private(set) var lastKey = -1
    // Unkeyed.
    let count: Int
    var position = 0
    var cursor: Int
    var run: Run?

    /// The plain elements between the cursor and `end`.
    struct Run {
        var kind: ElementKind
        var stride: Int
        var end: Int
    }

    /// The place of the message's own value.
    init(root core: DecodingCore, limit: Int) {
        self.core = core
        parent = nil
        (key, depth, kind, start, cursor, count, repeatsKeys) = (0, 0, .root, 0, 0, 0, false)
        self.limit = limit
    }

    /// Opens the container at `place`; nil if something else is there.
    init?(_ kind: Kind, in parent: DecodingNode, at place: Int, key: Int) throws {
        guard place >= 0 else { return nil }
        guard parent.depth < WireTag.maximumDepth else {
            throw WireError(.depthExceeded, "containers are nested more than \(WireTag.maximumDepth) deep")
        }
        let core = parent.core
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
        self.core = core
        self.parent = parent
        self.key = key
        self.kind = kind
        self.run = run
        depth = parent.depth + 1
        start = reader.offset
        cursor = reader.offset
        limit = reader.offset + length
        count = elements
        repeatsKeys = tag == WireTag.keyedRepeating
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
    @inline(__always)
    func find(_ name: String) throws -> Int? {
        var name = name
        if !repeatsKeys {
            if entry >= 0, core.matches(entryKey, &name) { return hit() }
            if try advance(), core.matches(entryKey, &name) { return hit() }
        }
        return try search(name)
    }

    @inline(__always)
    private func hit() -> Int {
        lastKey = entryKey
        return entryValue
    }

    @inline(__always)
    private func advance() throws -> Bool {
        let next = entry < 0 ? start : try core.skip(entryValue)
        guard next < limit else { return false }
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
        var found: (key: Int, value: Int)?
        misses += 1
        if misses <= 8 {
            try forEachEntry { if try core.key($0).stringValue == name { found = ($0, $1) } }
        } else {
            if index == nil {
                var all: [String: (key: Int, value: Int)] = [:]
                try forEachEntry { all[try core.key($0).stringValue] = ($0, $1) }
                index = all
            }
            found = index?[name]
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
