/// Memory that a writer may use once a message has outgrown the writer's own.
///
/// One writer has it at a time.
package protocol WriterMemory: AnyObject {
    /// Room for `wanted` bytes, at least for `needed`, or nil when the writer shall use memory of its own.
    ///
    /// What was handed out before stays good until the next call, so that its bytes can be copied.
    ///
    /// - Parameters:
    ///   - needed: So many bytes the message has, at least.
    ///   - wanted: So many bytes are asked for, since it may go on growing.
    /// - Returns: Memory that nobody else uses until `takeBack`.
    @unsafe func room(for needed: Int, wanted: Int) -> UnsafeMutableRawBufferPointer?
    /// The writer uses nothing of it any more.
    func takeBack()
}

/// A growable buffer of bytes that one owner fills, sends and fills again.
///
/// A long message may lie in memory of somebody else's, such as the shared segment in which it will travel.
/// Multi-byte integers are written in the machine's own order: both ends run the same executable on the same machine.
/// Appending costs amortised constant time per byte; `reset` keeps the memory for the next message.
// Safety: `base` leads to `capacity` bytes from `init` to `deinit`, the first `count` of them written; every write
// makes room first, and a range that is moved or overwritten is checked against `count`. They are the writer's own,
// which nobody else has, or lent by `memory`, which keeps them until `takeBack`. Pointers to them do not leave
// `withUnsafeBytes`.
// Sendable by hand: the storage has exactly one owner, since the type cannot be copied, so one thread at a time has it.
@safe
package struct ByteWriter: ~Copyable, @unchecked Sendable {
    private var base: UnsafeMutableRawPointer
    private var own: UnsafeMutableRawPointer
    private var ownCapacity: Int
    private let memory: (any WriterMemory)?
    /// Whether the bytes lie in lent memory.
    package private(set) var isLent = false
    /// How many bytes have been written.
    package private(set) var count: Int
    /// How many bytes fit before the buffer grows.
    package private(set) var capacity: Int

    /// An empty writer with room for `capacity` bytes, and with memory for messages that outgrow them.
    package init(capacity: Int = 256, memory: (any WriterMemory)? = nil) {
        let room = max(capacity, 16)
        unsafe own = .allocate(byteCount: room, alignment: 16)
        unsafe base = own
        count = 0
        self.capacity = room
        ownCapacity = room
        self.memory = memory
    }

    deinit {
        // The storage came from `allocate` and nobody else holds it.
        unsafe own.deallocate()
        if isLent { memory?.takeBack() }
    }

    /// Forgets the bytes written, and gives lent memory back; keeps its own memory, up to `limit` bytes of it.
    @inline(__always)
    package mutating func reset(keepingUpTo limit: Int = .max) {
        count = 0
        if isLent || capacity > limit { settle(limit) }
    }

    @inline(never)
    private mutating func settle(_ limit: Int) {
        // The old storage is dropped and replaced in one step, so no freed pointer stays behind.
        if ownCapacity > limit {
            unsafe own.deallocate()
            ownCapacity = 256
            unsafe own = .allocate(byteCount: ownCapacity, alignment: 16)
        }
        unsafe base = own
        capacity = ownCapacity
        guard isLent else { return }
        isLent = false
        memory?.takeBack()
    }

    /// Makes room for `additional` more bytes.
    @inline(__always)
    package mutating func reserve(_ additional: Int) {
        if additional > capacity - count { grow(by: additional) }
    }

    @inline(never)
    private mutating func grow(by additional: Int) {
        let room = max(count * 2, count + additional)
        if let memory, let lent = unsafe memory.room(for: count + additional, wanted: room),
            let start = lent.baseAddress
        {
            // `count` bytes are initialised in the old storage, which is still there, and fit in the larger one.
            unsafe start.copyMemory(from: base, byteCount: count)
            unsafe base = start
            capacity = lent.count
            isLent = true
            return
        }
        let larger = UnsafeMutableRawPointer.allocate(byteCount: room, alignment: 16)
        // As above.
        unsafe larger.copyMemory(from: base, byteCount: count)
        unsafe own.deallocate()
        unsafe own = larger
        unsafe base = larger
        capacity = room
        ownCapacity = room
        guard isLent else { return }
        isLent = false
        memory?.takeBack()
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
