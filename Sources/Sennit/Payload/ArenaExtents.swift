/// The extents of an arena: in address order through `before` and `after`, and the free ones also in bins by length.
///
/// Lengths and positions are in granules of 64 bytes. Records are reused through a list of their own, so their number
/// is the largest number of extents that ever existed at once.
struct ArenaExtents: Sendable {
    private struct Extent {
        var start: UInt32
        var length: UInt32
        var before: UInt32
        var after: UInt32
        var previousInBin: UInt32 = none
        var nextInBin: UInt32 = none
        var use: Use
    }

    private enum Use { case free, used, spareRecord }

    private static let none = UInt32.max

    private var records: [Extent] = []
    private var spareRecords = none
    private var bins: ArenaBins
    private(set) var freeCount = 0

    init(granules: Int, longestBlock: Int) {
        bins = ArenaBins(longest: longestBlock)
        guard granules > 0 else { return }
        records.append(Extent(start: 0, length: UInt32(granules), before: Self.none, after: Self.none, use: .used))
        link(0)
    }

    func start(of handle: UInt32) -> Int { Int(records[Int(handle)].start) }
    func length(of handle: UInt32) -> Int { Int(records[Int(handle)].length) }

    func isInUse(_ handle: UInt32) -> Bool {
        Int(handle) < records.count && records[Int(handle)].use == .used
    }

    /// The length of the longest free extent.
    var largestFree: Int {
        guard var extent = bins.last else { return 0 }
        var longest = 0
        while extent != Self.none {
            longest = max(longest, length(of: extent))
            extent = records[Int(extent)].nextInBin
        }
        return longest
    }

    /// The best-fitting free extent, cut to `granules` and marked as used.
    mutating func take(granules: Int) -> UInt32? {
        guard let extent = bins.first(atLeast: granules) else { return nil }
        unlink(extent)
        let rest = length(of: extent) - granules
        if rest > 0 { split(extent, keeping: granules, rest: rest) }
        return extent
    }

    /// Marks a used extent as free and joins it with its free neighbours.
    mutating func giveBack(_ handle: UInt32) {
        var extent = handle
        let before = records[Int(extent)].before
        if before != Self.none, records[Int(before)].use == .free {
            unlink(before)
            absorb(extent, into: before)
            extent = before
        }
        let after = records[Int(extent)].after
        if after != Self.none, records[Int(after)].use == .free {
            unlink(after)
            absorb(after, into: extent)
        }
        link(extent)
    }

    private mutating func split(_ extent: UInt32, keeping granules: Int, rest: Int) {
        let old = records[Int(extent)]
        let tail = newRecord(
            Extent(
                start: old.start + UInt32(granules), length: UInt32(rest), before: extent, after: old.after, use: .used
            )
        )
        if old.after != Self.none { records[Int(old.after)].before = tail }
        records[Int(extent)].after = tail
        records[Int(extent)].length = UInt32(granules)
        link(tail)
    }

    /// Appends `extent` to its left neighbour; its record becomes spare.
    private mutating func absorb(_ extent: UInt32, into left: UInt32) {
        let gone = records[Int(extent)]
        records[Int(left)].length += gone.length
        records[Int(left)].after = gone.after
        if gone.after != Self.none { records[Int(gone.after)].before = left }
        records[Int(extent)].use = .spareRecord
        records[Int(extent)].nextInBin = spareRecords
        spareRecords = extent
    }

    private mutating func newRecord(_ extent: Extent) -> UInt32 {
        guard spareRecords != Self.none else {
            records.append(extent)
            return UInt32(records.count - 1)
        }
        let record = spareRecords
        spareRecords = records[Int(record)].nextInBin
        records[Int(record)] = extent
        return record
    }

    private mutating func link(_ extent: UInt32) {
        let bin = bins.bin(for: length(of: extent))
        let head = bins.head(of: bin)
        records[Int(extent)].use = .free
        records[Int(extent)].previousInBin = Self.none
        records[Int(extent)].nextInBin = head
        if head != Self.none { records[Int(head)].previousInBin = extent }
        bins.setHead(extent, of: bin)
        freeCount += 1
    }

    private mutating func unlink(_ extent: UInt32) {
        let record = records[Int(extent)]
        if record.nextInBin != Self.none { records[Int(record.nextInBin)].previousInBin = record.previousInBin }
        if record.previousInBin != Self.none {
            records[Int(record.previousInBin)].nextInBin = record.nextInBin
        } else {
            bins.setHead(record.nextInBin, of: bins.bin(for: Int(record.length)))
        }
        records[Int(extent)].use = .used
        freeCount -= 1
    }
}
