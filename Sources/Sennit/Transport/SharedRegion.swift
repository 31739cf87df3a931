/// A stretch of memory that the transport lays its tables out in.
///
/// It may be a mapping shared with another process or private memory; the transport does not care
/// how it was made. A region must be zero-filled when a `ParentChannel` or `Doorbell` is made over it.
// Safety: making a region is `@unsafe`: the maker vouches for `byteCount` mapped bytes, which `owner` keeps. The
// transport reaches in only at offsets of a layout that `check` has found to fit. Other processes write to the bytes at
// any time, so what is read there is a value to be checked, never an address.
// Sendable by hand: the region itself never changes, and threads meet in its words through atomics.
@safe
package struct SharedRegion: @unchecked Sendable {
    package let base: UnsafeMutableRawPointer
    package let byteCount: Int
    /// Keeps the memory mapped for as long as anything reads through this region.
    private let owner: (any AnyObject & Sendable)?

    /// A region of `byteCount` bytes at `base`, mapped at least as long as `owner` lives.
    ///
    /// Without an owner the maker promises to outlive every channel over the region.
    @unsafe
    package init(
        base: UnsafeMutableRawPointer, byteCount: Int, owner: (any AnyObject & Sendable)? = nil
    ) {
        unsafe self.base = base
        self.byteCount = byteCount
        self.owner = owner
    }

    package func word32(at offset: Int) -> SharedUInt32 { unsafe SharedUInt32(base + offset) }
    package func word64(at offset: Int) -> SharedUInt64 { unsafe SharedUInt64(base + offset) }

    /// Throws unless the region holds `needed` bytes and starts on a cache line.
    func check(holds needed: Int) throws(ChannelError) {
        guard byteCount >= needed else {
            throw .regionTooSmall(needed: needed, available: byteCount)
        }
        guard unsafe UInt(bitPattern: base) % 64 == 0 else { throw .misaligned }
    }
}
