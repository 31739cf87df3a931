/// One container under construction, or the place where a value is expected.
final class EncodingNode: KeptNode {
    enum Kind {
        case undecided, keyed, unkeyed, single
    }

    let core: EncodingCore
    /// Where the core keeps the node for other values; -1 for a node of one value.
    let place: Int
    /// Shows the core that a node of one value is there.
    private let tie: NodeTie?
    private(set) var parent: EncodingNode?
    /// The container that was opened before this one inside the same value.
    var previous: EncodingNode?
    /// The key's number in a keyed parent, the index in an unkeyed one.
    private(set) var key = 0
    /// The value whose `encode(to:)` made the container; writing is allowed while that call runs.
    private(set) var scope = -1
    private(set) var depth = 0
    var kind = Kind.undecided
    /// Where the tag is.
    var header = 0
    /// Behind the last byte, while another container owns the end of the message.
    var end = 0
    var count = 0
    /// Whether a byte holds the place, as for a super encoder, which may be filled later or never.
    var isSlot = false
    private var seenKeys: UInt64 = 0
    private var highestKey = -1
    private var repeatsKeys = false

    /// A node for one value.
    init(_ core: EncodingCore, parent: EncodingNode?, key: Int, scope: Int) {
        self.core = core
        place = -1
        tie = core.tie
        // A refused container never writes, and may be made when there is no message any more.
        open(parent: parent, key: key, scope: scope, at: scope < 0 ? 0 : core.writer.count)
    }

    /// A node that `core` keeps at a place of its shelf.
    init(_ core: EncodingCore, keptAt place: Int) {
        self.core = core
        self.place = place
        tie = nil
    }

    /// Begins a container whose tag will be at `header`.
    func open(parent: EncodingNode?, key: Int, scope: Int, at header: Int) {
        self.parent = parent
        self.key = key
        self.scope = scope
        depth = (parent?.depth ?? 0) + 1
        kind = .undecided
        self.header = header
        end = header
        count = 0
        isSlot = false
        seenKeys = 0
        highestKey = -1
        repeatsKeys = false
    }

    func rest() {
        parent = nil
        scope = -1
    }

    /// Notes the key, so that a key written twice is known to the reader.
    @inline(__always)
    func note(_ number: Int) {
        if number < 64 {
            if seenKeys & (1 << UInt64(number)) != 0 { repeatsKeys = true }
            seenKeys |= 1 << UInt64(number)
        } else if number <= highestKey {
            repeatsKeys = true
        }
        if number > highestKey { highestKey = number }
    }

    /// Turns the place into a container; false if it has become something else already.
    func become(_ wanted: Kind) -> Bool {
        if kind == wanted { return kind != .single }
        guard kind == .undecided, let mark = try? core.begin(self) else { return false }
        claim(wanted)
        writeHeader()
        return (try? core.finish(self, mark)) != nil
    }

    /// Settles what the place becomes; the byte that held it says that a value follows.
    func claim(_ wanted: Kind) {
        kind = wanted
        guard isSlot else { return }
        core.writer.patch(WireTag.wrapped, at: header)
        header += 1
    }

    /// Writes the tag, with the sizes still open.
    func writeHeader() {
        switch kind {
        case .keyed:
            core.writer.append(WireTag.keyed)
            core.writer.append(fixed: UInt32(0))
        case .unkeyed:
            core.writer.append(WireTag.unkeyed)
            core.writer.append(fixed: UInt64(0))
        case .undecided: core.writer.append(WireTag.empty)
        case .single: break
        }
    }

    /// Fills in the size when nothing more can be written.
    func complete() throws {
        switch kind {
        case .keyed:
            core.writer.patch(try core.size(end - header - 5, self), at: header + 1)
            if repeatsKeys { core.writer.patch(WireTag.keyedRepeating, at: header) }
        case .unkeyed:
            core.writer.patch(try core.size(end - header - 9, self), at: header + 1)
            core.writer.patch(try core.size(count, self), at: header + 5)
        case .single, .undecided: break
        }
    }

    var codingPath: [any CodingKey] {
        var path: [any CodingKey] = []
        var node = self
        while let parent = node.parent {
            path.append(parent.kind == .keyed ? core.key(node.key) : WireKey(intValue: node.key))
            node = parent
        }
        return path.reversed()
    }
}
