// Safety: the memory belongs to the buffer from `init` to `deinit`, and the buffer cannot be copied. Every write first
// makes room for all of its bytes through `reserve`, so `count` never passes `capacity`; only bytes below `count`,
// all of them written, are lent, and `patch` and `cut` keep below it too.
/// A growing block of bytes, with integers in network order.
@safe
struct RowBuffer: ~Copyable {
    private var base: UnsafeMutableRawPointer
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int) {
        self.capacity = max(64, capacity)
        unsafe base = .allocate(byteCount: self.capacity, alignment: 16)
    }

    deinit { unsafe base.deallocate() }

    /// Makes room for so many bytes more.
    @inline(always)
    mutating func reserve(_ additional: Int) {
        if additional > capacity - count { grow(additional) }
    }

    private mutating func grow(_ additional: Int) {
        capacity = max(2 * capacity, count + additional)
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        unsafe larger.copyMemory(from: base, byteCount: count)
        unsafe base.deallocate()
        unsafe base = larger
    }

    @inline(always)
    mutating func append<Integer: FixedWidthInteger & BitwiseCopyable>(_ value: Integer) {
        let size = MemoryLayout<Integer>.size
        reserve(size)
        unsafe (base + count).storeBytes(of: value.bigEndian, as: Integer.self)
        count += size
    }

    @inline(always)
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        reserve(bytes.count)
        if let start = bytes.baseAddress { unsafe (base + count).copyMemory(from: start, byteCount: bytes.count) }
        count += bytes.count
    }

    /// Writes over bytes that are there already.
    @inline(always)
    mutating func patch<Integer: FixedWidthInteger & BitwiseCopyable>(_ value: Integer, at offset: Int) {
        invariant(offset >= 0 && offset + MemoryLayout<Integer>.size <= count)
        unsafe (base + offset).storeBytes(of: value.bigEndian, as: Integer.self)
    }

    /// Forgets everything from an offset on.
    mutating func cut(at offset: Int) {
        invariant(offset >= 0 && offset <= count)
        count = offset
    }

    /// Forgets pairs of zero bytes at the end, down to an offset.
    mutating func dropTrailingZeroGroups(from offset: Int) {
        invariant(offset >= 0 && offset <= count)
        while count >= offset + 2, unsafe (base + count - 2).loadUnaligned(as: UInt16.self) == 0 { count -= 2 }
    }

    /// Lends the bytes.
    borrowing func withBytes<Failure: Error>(_ body: (RawSpan) throws(Failure) -> Void) throws(Failure) {
        try body(unsafe UnsafeRawBufferPointer(start: base, count: count).bytes)
    }

    @inline(always)
    private func invariant(_ holds: Bool) {
        if !holds { fatalError("an offset outside of the buffer") }
    }
}
