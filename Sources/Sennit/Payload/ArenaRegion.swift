import Synchronization

/// The part of a channel's memory from which one side takes the blocks for what it sends.
///
/// Thread-safe. Only the side that owns the arena makes one; the other side reads the same bytes where a checked
/// ``PayloadReference`` says.
package final class ArenaRegion: Sendable {
    private let base: UInt
    private let arena: Mutex<PayloadArena>

    /// Makes an allocator over `region`, which must stay mapped as long as the object lives and be aligned to 64 bytes.
    package init(over region: UnsafeMutableRawBufferPointer, maximumBlockBytes: Int = 64 * 1024) {
        // Kept as a number, because a raw pointer is not Sendable; the memory is meant to be written by several threads
        // and processes.
        base = UInt(bitPattern: region.baseAddress)
        arena = Mutex(PayloadArena(byteCount: region.count, maximumBlockBytes: maximumBlockBytes))
    }

    /// A block of `byteCount` bytes, or nil when the arena is full.
    package func allocate(_ byteCount: Int) -> PayloadArena.Block? { arena.withLock { $0.allocate(byteCount) } }

    /// Gives a block back; false when it is not in use.
    @discardableResult
    package func free(_ block: PayloadArena.Block) -> Bool { arena.withLock { $0.free(block) } }

    /// How the region is used right now.
    package var statistics: PayloadArena.Statistics { arena.withLock { $0.statistics } }

    /// The memory of a block that is in use.
    func bytes(of block: PayloadArena.Block) -> UnsafeMutableRawBufferPointer {
        // Safety: the arena hands out offsets within the region only, which whoever made this object keeps mapped. A
        // block is its one holder's to write until it is given back; the peer reads it when its slot is published, and
        // a peer that scribbles spoils bytes, for what is in use is on record in private memory.
        unsafe UnsafeMutableRawBufferPointer(
            start: UnsafeMutableRawPointer(bitPattern: base + UInt(block.offset)), count: block.length
        )
    }
}
