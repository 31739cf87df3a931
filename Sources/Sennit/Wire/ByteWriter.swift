/// A growable buffer of bytes that one owner fills, sends and fills again.
///
/// Multi-byte integers are written in the machine's own order: both ends run the same executable on the same machine.
/// Appending costs amortised constant time per byte; `reset` keeps the memory for the next message.
// Safety: `base` leads to `capacity` allocated bytes from `init` to `deinit`, the first `count` of them written; every
// write makes room first, and a range that is moved or overwritten is checked against `count`. Nobody else has the
// storage: pointers to it do not leave `withUnsafeBytes`.
// Sendable by hand: the storage has exactly one owner, since the type cannot be copied, so one thread at a time has it.
@safe
package struct ByteWriter: ~Copyable, @unchecked Sendable {
    private var base: UnsafeMutableRawPointer
    /// How many bytes have been written.
    package private(set) var count: Int
    /// How many bytes fit before the buffer grows.
    package private(set) var capacity: Int

    /// An empty writer with room for `capacity` bytes.
    package init(capacity: Int = 256) {
        let room = max(capacity, 16)
        unsafe base = .allocate(byteCount: room, alignment: 16)
        count = 0
        self.capacity = room
    }

    deinit {
        // The storage came from `allocate` and nobody else holds it.
        unsafe base.deallocate()
    }

    /// Forgets the bytes written; keeps the memory unless told otherwise.
    package mutating func reset(keepingCapacity: Bool = true) {
        count = 0
        guard !keepingCapacity else { return }
        // The old storage is dropped and replaced in one step, so no freed pointer stays behind.
        unsafe base.deallocate()
        capacity = 256
        unsafe base = .allocate(byteCount: capacity, alignment: 16)
    }

    /// Makes room for `additional` more bytes.
    @inline(__always)
    package mutating func reserve(_ additional: Int) {
        if additional > capacity - count { grow(by: additional) }
    }

    @inline(never)
    private mutating func grow(by additional: Int) {
        let room = max(capacity * 2, count + additional)
        let larger = UnsafeMutableRawPointer.allocate(byteCount: room, alignment: 16)
        // `count` bytes are initialised in the old storage and fit in the larger one.
        unsafe larger.copyMemory(from: base, byteCount: count)
        unsafe base.deallocate()
        unsafe base = larger
        capacity = room
    }

    /// Appends one byte.
    @inline(__always)
    package mutating func append(_ byte: UInt8) {
        reserve(1)
        // `reserve` made room for the byte.
        unsafe base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    /// Appends the value's bytes, in the machine's order.
    @inline(__always)
    package mutating func append<T: BitwiseCopyable>(fixed value: T) {
        reserve(MemoryLayout<T>.size)
        // `reserve` made room for the value; storing needs no alignment.
        unsafe base.storeBytes(of: value, toByteOffset: count, as: T.self)
        count += MemoryLayout<T>.size
    }

    /// Appends a copy of the bytes.
    @inline(__always)
    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        reserve(bytes.count)
        // `reserve` made room; the caller keeps `bytes` alive during the call.
        unsafe (base + count).copyMemory(from: source, byteCount: bytes.count)
        count += bytes.count
    }

    /// Appends a copy of the bytes.
    package mutating func append(_ bytes: [UInt8]) {
        // The array keeps its storage alive for the call.
        unsafe bytes.withUnsafeBytes { unsafe append($0) }
    }

    /// Appends an unsigned integer in groups of seven bits, lowest first: 1 byte below 128, at most 10.
    @inline(__always)
    package mutating func append(varint value: UInt64) {
        if value < 0x80 { return append(UInt8(truncatingIfNeeded: value)) }
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    /// Overwrites the bytes at `offset`, which must have been written before.
    package mutating func patch<T: BitwiseCopyable>(_ value: T, at offset: Int) {
        guard offset >= 0, offset + MemoryLayout<T>.size <= count else { return }
        // The range was checked on the line above.
        unsafe base.storeBytes(of: value, toByteOffset: offset, as: T.self)
    }

    /// Forgets everything after the first `length` bytes.
    package mutating func truncate(to length: Int) {
        count = min(count, max(0, length))
    }

    /// Moves the bytes from `tail` to the end in front of those that start at `point`.
    package mutating func rotate(tail: Int, to point: Int) {
        guard 0 <= point, point < tail, tail < count else { return }
        let length = count - tail
        reserve(length)
        // `reserve` made room to move [point, count) up by `length`; all three ranges lie within the capacity.
        unsafe (base + point + length).copyMemory(from: base + point, byteCount: count - point)
        unsafe (base + point).copyMemory(from: base + count, byteCount: length)
    }

    /// Gives the bytes written to `body`, which must not keep the pointer.
    @inline(__always)
    package borrowing func withUnsafeBytes<R, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        // The first `count` bytes are initialised and live as long as the borrow.
        try unsafe body(UnsafeRawBufferPointer(start: base, count: count))
    }

    /// A copy of the bytes written.
    package var bytes: [UInt8] {
        // The pointer does not leave the closure.
        unsafe withUnsafeBytes { unsafe Array($0) }
    }
}
