/// Bytes that grow at their end, and can be cut back.
// Safety: the value owns its memory from `init` to `deinit` and cannot be copied. `reserve` makes room before every
// write, `count` never exceeds `capacity`, and sources are never inside of this memory.
@safe struct OutputBuffer: ~Copyable {
    private var start: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int) {
        self.capacity = max(64, capacity)
        unsafe start = .allocate(capacity: self.capacity)
    }

    deinit { unsafe start.deallocate() }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        reserve(1)
        unsafe start[count] = byte
        count += 1
    }

    /// Appends a part of a text.
    @inline(__always)
    mutating func append(_ range: Range<Int>, of text: ScannedText) { unsafe append(text.bytes(range)) }

    /// Appends a part of an array.
    @inline(__always)
    mutating func append(_ range: Range<Int>, of bytes: [UInt8]) {
        unsafe bytes.withUnsafeBufferPointer { bytes in unsafe append(UnsafeBufferPointer(rebasing: bytes[range])) }
    }

    @inline(__always)
    private mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let source = bytes.baseAddress, !bytes.isEmpty else { return }
        let length = bytes.count
        reserve(length)
        let target = unsafe UnsafeMutableRawPointer(start + count)
        let raw = unsafe UnsafeRawPointer(source)
        // Short pieces, the most of them, are copied as two words that may overlap.
        switch length {
        case 8...16: unsafe copyEnds(UInt64.self, to: target, from: raw, length: length)
        case 4..<8: unsafe copyEnds(UInt32.self, to: target, from: raw, length: length)
        case 1..<4:
            for index in 0..<length { unsafe start[count + index] = source[index] }
        default: unsafe target.copyMemory(from: raw, byteCount: length)
        }
        count += length
    }

    /// Forgets what came after a count.
    mutating func cut(to count: Int) {
        precondition((0...self.count).contains(count), "a buffer is cut back, not extended")
        self.count = count
    }

    /// What was written from an offset on.
    func string(from offset: Int = 0) -> String {
        let length = count - offset
        return unsafe String(unsafeUninitializedCapacity: length) { target in
            guard let base = target.baseAddress, length > 0 else { return 0 }
            unsafe base.update(from: start + offset, count: length)
            return length
        }
    }

    @inline(__always)
    private func copyEnds<Word: FixedWidthInteger & BitwiseCopyable>(
        _: Word.Type, to target: UnsafeMutableRawPointer, from source: UnsafeRawPointer, length: Int
    ) {
        let last = length - MemoryLayout<Word>.size
        let head = unsafe source.loadUnaligned(as: Word.self)
        let tail = unsafe source.loadUnaligned(fromByteOffset: last, as: Word.self)
        unsafe target.storeBytes(of: head, as: Word.self)
        unsafe target.storeBytes(of: tail, toByteOffset: last, as: Word.self)
    }

    @inline(__always)
    private mutating func reserve(_ more: Int) {
        if capacity - count < more { grow(more) }
    }

    @inline(never)
    private mutating func grow(_ more: Int) {
        let larger = max(capacity * 2, count + more)
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        unsafe moved.update(from: start, count: count)
        unsafe start.deallocate()
        unsafe start = moved
        capacity = larger
    }
}
