/// Hands out 64-byte aligned blocks of a region that it never touches.
///
/// The arena knows offsets only: all of its book-keeping lies in the private memory of the process that owns the
/// region, so a peer that scribbles over the region cannot make the owner's allocator misbehave. One owner, no locks:
/// hold it in a `Mutex`.
///
/// Fit is the best there is (the smallest free extent that is large enough), free neighbours always coalesce, and every
/// operation takes constant time: one bin per extent length up to `maximumBlockBytes`, and one bin for everything
/// longer, where any extent fits any request. A request is refused only when no free extent can hold it.
package struct PayloadArena: Sendable {
    /// A block in use.
    ///
    /// Keep it in private memory until it is freed; a peer needs `offset` and `length` only.
    package struct Block: Sendable, Hashable {
        /// Bytes from the start of the region; a multiple of ``PayloadArena/alignment``.
        package let offset: Int
        /// Bytes asked for, which may be fewer than are set aside.
        package let length: Int
        /// Which extent record the block is, for ``PayloadArena/free(_:)``.
        let handle: UInt32
    }

    /// Every block starts on a cache line of its own.
    package static let alignment = 64

    /// Bytes under management: the region's size rounded down to ``alignment``.
    package let byteCount: Int
    /// The longest block that is given out.
    package let maximumBlockBytes: Int

    private var extents: ArenaExtents
    private var counters = Counters()

    private struct Counters {
        var blocks = 0
        var usedGranules = 0
        var peakGranules = 0
        var refusals = 0
    }

    /// Makes an arena over a region of `byteCount` bytes (at most 128 GiB), which is one free extent at first.
    ///
    /// - Parameters:
    ///   - byteCount: the size of the region.
    ///   - maximumBlockBytes: the longest block ever asked for; costs four bytes of private memory per 64.
    package init(byteCount: Int, maximumBlockBytes: Int = 64 * 1024) {
        let granules = min(max(byteCount, 0) / Self.alignment, Int(Int32.max))
        self.byteCount = granules * Self.alignment
        let longest = min(Self.granules(for: max(maximumBlockBytes, 0)), granules)
        self.maximumBlockBytes = longest * Self.alignment
        extents = ArenaExtents(granules: granules, longestBlock: longest)
    }

    /// A block of `byteCount` bytes, 0 to ``maximumBlockBytes``, or nil when none is free.
    ///
    /// Its contents are whatever was there.
    package mutating func allocate(_ byteCount: Int) -> Block? {
        guard byteCount >= 0, byteCount <= maximumBlockBytes,
            let handle = extents.take(granules: Self.granules(for: byteCount))
        else {
            counters.refusals += 1
            return nil
        }
        counters.blocks += 1
        counters.usedGranules += extents.length(of: handle)
        counters.peakGranules = max(counters.peakGranules, counters.usedGranules)
        return Block(offset: extents.start(of: handle) * Self.alignment, length: byteCount, handle: handle)
    }

    /// Gives a block back and joins it with its free neighbours.
    ///
    /// - Returns: false, with nothing changed, when the block is not in use here (freed before, or another arena's).
    @discardableResult
    package mutating func free(_ block: Block) -> Bool {
        guard extents.isInUse(block.handle),
            extents.start(of: block.handle) * Self.alignment == block.offset
        else { return false }
        counters.blocks -= 1
        counters.usedGranules -= extents.length(of: block.handle)
        extents.giveBack(block.handle)
        return true
    }

    /// How the region is used right now.
    ///
    /// Walks the free extents' bins: for reports, not for the hot path.
    package var statistics: Statistics {
        Statistics(
            byteCount: byteCount,
            usedBytes: counters.usedGranules * Self.alignment,
            peakUsedBytes: counters.peakGranules * Self.alignment,
            blocks: counters.blocks,
            freeExtents: extents.freeCount,
            largestFreeBytes: extents.largestFree * Self.alignment,
            refusals: counters.refusals
        )
    }

    /// A reading of an arena.
    ///
    /// Sizes are in bytes and count what is set aside, rounding included.
    package struct Statistics: Sendable, Equatable {
        package let byteCount: Int
        package let usedBytes: Int
        package let peakUsedBytes: Int
        package let blocks: Int
        package let freeExtents: Int
        package let largestFreeBytes: Int
        /// How often ``PayloadArena/allocate(_:)`` answered nil.
        package let refusals: Int
    }

    private static func granules(for byteCount: Int) -> Int {
        max(1, (byteCount + alignment - 1) / alignment)
    }
}
