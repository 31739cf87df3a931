/// Bytes that are appended one text after another and found again by their range.
@safe
struct ByteArena: ~Copyable {
    // Safety: the memory belongs to this value alone; `count` bytes of it are initialised and `capacity` are there.
    // Every range that is handed out ends at or below `count` at that time, and reading checks it again.
    private var bytes: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int = 4096) {
        self.capacity = max(64, capacity)
        unsafe bytes = .allocate(capacity: self.capacity)
    }

    deinit { unsafe bytes.deallocate() }

    /// Copies a text to the end.
    @inline(__always)
    mutating func append(_ text: Span<UInt8>) -> Range<Int> {
        let start = count
        if text.count > capacity - count { grow(text.count) }
        unsafe text.withUnsafeBufferPointer { source in
            guard let base = source.baseAddress else { return }
            unsafe (bytes + start).update(from: base, count: source.count)
        }
        count += text.count
        return start..<count
    }

    /// Copies a text to the end.
    mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { _ = append(unsafe $0.span) }
    }

    /// Forgets everything from a place on, and keeps the memory.
    mutating func cut(at end: Int) { count = min(count, end) }

    /// A text that was appended.
    @inline(__always)
    @_lifetime(borrow self)
    func text(_ range: Range<Int>) -> Span<UInt8> {
        precondition(range.upperBound <= count, "a range of this arena")
        let span = unsafe Span(_unsafeStart: bytes + range.lowerBound, count: range.count)
        return unsafe _overrideLifetime(span, borrowing: self)
    }

    private mutating func grow(_ additional: Int) {
        let larger = max(2 * capacity, count + additional)
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        unsafe memory.update(from: bytes, count: count)
        unsafe bytes.deallocate()
        unsafe bytes = memory
        capacity = larger
    }
}
