/// The parent's own record of every slot, in private memory: what no worker can change.
///
/// Who posts (under the pool's lock), who drains and who releases are different threads; the entry's
/// state hands it from one to the next, and all fields are atomic.
// Safety: `memory` holds `count` entries of 32 bytes from `init` to `deinit`, the subscript checks every index against
// `count`, and whoever uses an entry holds the ledger. No other process has this memory mapped.
// Sendable by hand: the pointer never changes, and all words behind it are atomic.
@safe
final class SlotLedger: @unchecked Sendable {
    enum Holding {
        /// On a list of free slots, or never used.
        static let free: UInt32 = 0
        /// Posted; the outcome is not known yet.
        static let posted: UInt32 = 1
        /// Revoked; its index may still be in the request ring.
        static let revoked: UInt32 = 2
        /// Its result is being read.
        static let held: UInt32 = 3
    }

    struct Entry {
        let holding: SharedUInt32
        let attempt: SharedUInt32
        let taskID: SharedUInt64
        /// The next free slot of a list, plus one; 0 at the end.
        let next: SharedUInt32
    }

    private static let entryBytes = 32

    private let memory: UnsafeMutableRawBufferPointer
    private let count: UInt32

    init(slotCount: Int) {
        count = UInt32(slotCount)
        unsafe memory = .allocate(byteCount: slotCount * Self.entryBytes, alignment: 64)
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit { unsafe memory.deallocate() }

    /// The record of slot `index`, or nil when there is no such slot.
    subscript(index: UInt32) -> Entry? {
        guard index < count, let start = unsafe memory.baseAddress else { return nil }
        let entry = unsafe start + Int(index) * Self.entryBytes
        return unsafe Entry(
            holding: SharedUInt32(entry), attempt: SharedUInt32(entry + 4), taskID: SharedUInt64(entry + 8),
            next: SharedUInt32(entry + 16))
    }
}
