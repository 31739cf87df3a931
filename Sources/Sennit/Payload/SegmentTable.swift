/// What a process knows about its shared segments, as a pure state machine: no locks, no system calls, no clock.
///
/// What has to be unmapped collects in `fallout`, and the links that have something to forget in `takeLinksToWake()`;
/// the shell (``SegmentRegistry``) takes both after every change and acts on them outside of its lock.
package struct SegmentTable {
    /// Segments that are no longer kept; unmapped when the last object that holds them goes.
    var fallout: [Segment] = []

    private let limits: SegmentRegistry.Limits
    private let origin: UInt32
    private var counter: UInt64
    private var entries: [SegmentID: Entry] = [:]
    private var cache = SegmentCache()
    private var making = 0
    private var links: [SegmentLink: LinkState] = [:]
    private var linksToWake: Set<SegmentLink> = []

    private struct Entry {
        let segment: Segment
        /// Made here, and therefore ours to use again.
        let isOwn: Bool
        var references: Int
        var usedBytes: Int
        var lenders: Set<SegmentLink> = []
        var borrowers: Set<SegmentLink> = []
        /// A peer may hold a ``SharedBuffer`` on it.
        var wasLentAsBuffer = false
    }

    private struct LinkState { var forgotten: Set<SegmentID> = [] }

    init(origin: UInt32, firstCounter: UInt64, limits: SegmentRegistry.Limits) {
        self.origin = origin
        self.counter = firstCounter
        self.limits = limits
    }

    enum MakePlan {
        case reuse(Segment)
        case make(SegmentID, capacity: Int)
    }

    /// Finds a free segment and retains it, or reserves the right to make one (then insert or abandon).
    mutating func planToMake(_ byteCount: Int, preferring link: SegmentLink?) throws(SegmentError) -> MakePlan {
        guard let capacity = SegmentCache.capacity(for: byteCount), capacity <= limits.segmentBytes else {
            throw .invalidSize(bytes: byteCount, maximum: limits.segmentBytes)
        }
        if let item = cache.take(capacity: capacity, preferring: link) {
            entries[item.segment.id] = Entry(
                segment: item.segment, isOwn: true, references: 1, usedBytes: max(item.usedBytes, byteCount),
                borrowers: item.borrowers
            )
            return .reuse(item.segment)
        }
        try reserveOne()
        defer { counter += 1 }
        return .make(SegmentID(origin: origin, counter: counter), capacity: capacity)
    }

    mutating func insertMade(_ segment: Segment, used: Int) {
        making -= 1
        entries[segment.id] = Entry(segment: segment, isOwn: true, references: 1, usedBytes: used)
    }

    mutating func abandonMaking() { making -= 1 }

    /// Whether the segment is known already, and is then lent by `link` too; else reserves the right to map it.
    mutating func planToAdopt(
        _ id: SegmentID, byteCount: Int, from link: SegmentLink
    ) throws(SegmentError) -> Bool {
        guard byteCount > 0, byteCount <= limits.segmentBytes else {
            throw .invalidSize(bytes: byteCount, maximum: limits.segmentBytes)
        }
        if let entry = entries[id] {
            guard entry.segment.storage.size == byteCount else { throw .conflictingID(id) }
            entries[id]?.lenders.insert(link)
            return true
        }
        guard !cache.contains(id) else { throw .conflictingID(id) }
        try reserveOne()
        return false
    }

    mutating func insertAdopted(_ segment: Segment, from link: SegmentLink) {
        making -= 1
        if entries[segment.id] != nil {
            // Two links lent it at the same moment; the other mapping came first.
            entries[segment.id]?.lenders.insert(link)
            fallout.append(segment)
        } else {
            entries[segment.id] = Entry(segment: segment, isOwn: false, references: 0, usedBytes: 0, lenders: [link])
        }
    }

    mutating func retain(_ id: SegmentID) -> Segment? {
        entries[id]?.references += 1
        return entries[id]?.segment
    }

    mutating func release(_ id: SegmentID, at now: UInt64) {
        guard var entry = entries[id] else { return }
        entry.references -= 1
        entries[id] = entry
        if entry.references == 0 { letGo(id, entry, at: now) }
    }

    mutating func noteUse(of id: SegmentID, byteCount: Int) {
        guard let entry = entries[id] else { return }
        entries[id]?.usedBytes = min(max(entry.usedBytes, byteCount), entry.segment.storage.size)
    }

    mutating func lend(_ id: SegmentID, to link: SegmentLink, for use: SegmentUse) -> Bool {
        if use == .buffer { entries[id]?.wasLentAsBuffer = true }
        // What is sent to a link that has gone fails by itself; there is nothing to keep account of.
        guard links[link] != nil else { return true }
        guard entries[id]?.borrowers.insert(link).inserted == true else { return false }
        // Not told to forget it yet: the peer still has it.
        return links[link]?.forgotten.remove(id) == nil
    }

    mutating func takeBack(_ id: SegmentID, from link: SegmentLink) {
        entries[id]?.borrowers.remove(link)
        cache.takeBack(id, from: link)
        links[link]?.forgotten.remove(id)
    }

    mutating func forget(_ id: SegmentID, from link: SegmentLink) {
        guard entries[id]?.lenders.remove(link) != nil else { return }
        dropIfUnused(id)
    }

    mutating func takeForgotten(for link: SegmentLink) -> [SegmentID] {
        guard let forgotten = links[link]?.forgotten, !forgotten.isEmpty else { return [] }
        links[link]?.forgotten = []
        return forgotten.sorted()
    }

    mutating func takeLinksToWake() -> [SegmentLink] {
        guard !linksToWake.isEmpty else { return [] }
        defer { linksToWake = [] }
        return linksToWake.sorted { $0.number < $1.number }
    }

    mutating func attach(_ link: SegmentLink) { links[link] = LinkState() }

    mutating func detach(_ link: SegmentLink) {
        links[link] = nil
        cache.forget(link)
        for id in entries.keys.sorted() {
            entries[id]?.borrowers.remove(link)
            if entries[id]?.lenders.remove(link) != nil { dropIfUnused(id) }
        }
    }

    mutating func trim(unusedSince limit: UInt64) {
        for item in cache.takeOlder(than: limit) { drop(item) }
    }

    /// Since when the segment has been kept for reuse that was let go first.
    var longestUnused: UInt64? { cache.oldest }

    var statistics: Statistics {
        Statistics(
            used: entries.values.count { $0.references > 0 },
            lentToUs: entries.values.count { $0.references == 0 },
            cached: cache.count,
            cachedBytes: cache.usedBytes,
            mappedBytes: entries.values.reduce(cache.capacity) { $0 + $1.segment.storage.size }
        )
    }

    /// A reading of a registry.
    package struct Statistics: Sendable, Equatable {
        /// Segments with references here.
        package let used: Int
        /// Segments that only a peer's loan keeps mapped.
        package let lentToUs: Int
        /// Segments kept for reuse, and the memory they hold.
        package let cached: Int
        package let cachedBytes: Int
        /// Address space taken by all segments.
        package let mappedBytes: Int
    }

    /// The last reference here went.
    private mutating func letGo(_ id: SegmentID, _ entry: Entry, at now: UInt64) {
        if entry.isOwn, entry.lenders.isEmpty, !entry.wasLentAsBuffer {
            entries[id] = nil
            cache.insert(
                SegmentCache.Item(
                    segment: entry.segment, usedBytes: entry.usedBytes, borrowers: entry.borrowers, since: now
                )
            )
            for item in cache.takeBeyond(bytes: limits.cachedBytes, count: limits.cachedSegments) { drop(item) }
            return
        }
        recall(id, from: entry.borrowers)
        entries[id]?.borrowers = []
        dropIfUnused(id)
    }

    private mutating func dropIfUnused(_ id: SegmentID) {
        guard let entry = entries[id], entry.references == 0, entry.lenders.isEmpty else { return }
        fallout.append(entry.segment)
        entries[id] = nil
    }

    private mutating func drop(_ item: SegmentCache.Item) {
        recall(item.segment.id, from: item.borrowers)
        fallout.append(item.segment)
    }

    private mutating func recall(_ id: SegmentID, from borrowers: Set<SegmentLink>) {
        for link in borrowers where links[link] != nil {
            links[link]?.forgotten.insert(id)
            linksToWake.insert(link)
        }
    }

    /// Room for one more segment, if need be at the expense of those kept for reuse.
    private mutating func reserveOne() throws(SegmentError) {
        if entries.count + cache.count + making >= limits.segments {
            guard let oldest = cache.takeOldest() else { throw .tooManySegments(maximum: limits.segments) }
            drop(oldest)
        }
        making += 1
    }
}
