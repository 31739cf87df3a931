/// Free segments kept for reuse, longest unused first.
///
/// Capacities are powers of two, so that a segment fits whatever comes next in its class. Memory that was never written
/// to is not there, so rounding up costs address space only, and the account is of bytes used. At most some dozens are
/// kept: a plain array.
struct SegmentCache {
    struct Item {
        let segment: Segment
        /// The most bytes ever written to it.
        let usedBytes: Int
        /// Links whose peers have it mapped.
        var borrowers: Set<SegmentLink>
        /// When it was let go, in nanoseconds of the monotonic clock.
        let since: UInt64
    }

    private var items: [Item] = []
    private(set) var usedBytes = 0

    /// The smallest capacity, a page on every machine we run on.
    static let smallest = 4096

    /// The capacity of a segment for `byteCount` bytes, or nil if there is none.
    static func capacity(for byteCount: Int) -> Int? {
        guard byteCount >= 0, byteCount <= 1 << 60 else { return nil }
        guard byteCount > smallest else { return smallest }
        return 1 << (Int.bitWidth - (byteCount - 1).leadingZeroBitCount)
    }

    var count: Int { items.count }
    var capacity: Int { items.reduce(0) { $0 + $1.segment.storage.size } }

    /// When the item was let go that has been here for the longest.
    var oldest: UInt64? { items.first?.since }

    func contains(_ id: SegmentID) -> Bool { items.contains { $0.segment.id == id } }

    /// The most recently used segment of that capacity, if possible one that `link` has already.
    mutating func take(capacity: Int, preferring link: SegmentLink?) -> Item? {
        let isRight = { (item: Item) in item.segment.storage.size == capacity }
        let preferred = link.flatMap { link in items.lastIndex { isRight($0) && $0.borrowers.contains(link) } }
        return (preferred ?? items.lastIndex(where: isRight)).map { remove(at: $0) }
    }

    mutating func insert(_ item: Item) {
        usedBytes += item.usedBytes
        items.append(item)
    }

    mutating func takeOldest() -> Item? { items.isEmpty ? nil : remove(at: 0) }

    mutating func takeBeyond(bytes: Int, count: Int) -> [Item] {
        var taken: [Item] = []
        while usedBytes > bytes || items.count > count, let oldest = takeOldest() { taken.append(oldest) }
        return taken
    }

    mutating func takeOlder(than limit: UInt64) -> [Item] {
        var taken: [Item] = []
        while let first = items.first, first.since < limit, let oldest = takeOldest() { taken.append(oldest) }
        return taken
    }

    mutating func forget(_ link: SegmentLink) {
        for index in items.indices { items[index].borrowers.remove(link) }
    }

    mutating func takeBack(_ id: SegmentID, from link: SegmentLink) {
        guard let index = items.firstIndex(where: { $0.segment.id == id }) else { return }
        items[index].borrowers.remove(link)
    }

    private mutating func remove(at index: Int) -> Item {
        let item = items.remove(at: index)
        usedBytes -= item.usedBytes
        return item
    }
}
