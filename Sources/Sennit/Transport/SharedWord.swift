import CSennit

/// A 32-bit word in memory that several processes may map.
///
/// Read-modify-write operations are sequentially consistent; plain loads and stores are relaxed
/// unless their name says otherwise.
// Safety: making a word is `@unsafe`: the maker vouches for an aligned address inside memory that stays mapped, such as
// a region's whose size was checked and whose owner the channel keeps. Every access of ours is atomic; other threads
// and processes may change the word at any time.
// Sendable by hand: the address never changes, and the word behind it is atomic.
@safe
package struct SharedUInt32: @unchecked Sendable {
    private let address: UnsafeMutablePointer<UInt32>

    /// A word at `address`, which must be 4-byte aligned and stay mapped.
    @unsafe
    package init(_ address: UnsafeMutableRawPointer) {
        unsafe self.address = address.assumingMemoryBound(to: UInt32.self)
    }

    package func load() -> UInt32 { unsafe sennit_load_relaxed_u32(address) }
    package func loadAcquire() -> UInt32 { unsafe sennit_load_acquire_u32(address) }
    package func store(_ value: UInt32) { unsafe sennit_store_relaxed_u32(address, value) }
    package func storeRelease(_ value: UInt32) { unsafe sennit_store_release_u32(address, value) }
    package func exchange(_ value: UInt32) -> UInt32 { unsafe sennit_exchange_u32(address, value) }

    /// Adds with wrap-around and returns the value before.
    @discardableResult
    package func add(_ value: UInt32) -> UInt32 { unsafe sennit_add_u32(address, value) }

    /// Replaces `expected` by `desired`; false when the word held something else.
    package func replace(_ expected: UInt32, by desired: UInt32) -> Bool {
        unsafe sennit_compare_exchange_u32(address, expected, desired)
    }

    /// Sleeps while the word is `value`; false when the time ran out.
    ///
    /// May return early for no reason.
    ///
    /// `nanoseconds` nil waits without limit.
    @discardableResult
    package func sleep(while value: UInt32, nanoseconds: Int64? = nil) -> Bool {
        unsafe sennit_shared_wait(address, value, nanoseconds ?? -1)
    }

    /// Wakes at most `count` sleepers: one system call.
    package func wakeSleepers(_ count: Int32) { unsafe sennit_shared_wake(address, count) }
}

/// A 64-bit word in memory that several processes may map; orders as in `SharedUInt32`.
// Sendable by hand: as `SharedUInt32`, with an address aligned to eight bytes; every access is atomic.
@safe
package struct SharedUInt64: @unchecked Sendable {
    private let address: UnsafeMutablePointer<UInt64>

    /// A word at `address`, which must be 8-byte aligned and stay mapped.
    @unsafe
    package init(_ address: UnsafeMutableRawPointer) {
        unsafe self.address = address.assumingMemoryBound(to: UInt64.self)
    }

    package func load() -> UInt64 { unsafe sennit_load_relaxed_u64(address) }
    package func loadAcquire() -> UInt64 { unsafe sennit_load_acquire_u64(address) }
    package func store(_ value: UInt64) { unsafe sennit_store_relaxed_u64(address, value) }
    package func storeRelease(_ value: UInt64) { unsafe sennit_store_release_u64(address, value) }

    /// Adds with wrap-around and returns the value before.
    @discardableResult
    package func add(_ value: UInt64) -> UInt64 { unsafe sennit_add_u64(address, value) }

    /// Replaces `expected` by `desired`; false when the word held something else.
    package func replace(_ expected: UInt64, by desired: UInt64) -> Bool {
        unsafe sennit_compare_exchange_u64(address, expected, desired)
    }
}
