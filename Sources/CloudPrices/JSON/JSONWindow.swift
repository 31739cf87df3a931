import CCloudPrices

/// The part of a document that is in memory: a block of bytes, and where the tokens in it are.
///
/// Bytes are read once, looked at once by the vector kernel, and moved only when a token crosses the end of the block.
/// Invariants: `bytes[0..<count]` is filled; `bytes[0..<indexed]` has been through the kernel; the positions from
/// `cursor` on are tokens that nobody took yet; `carry` is what the kernel needs to go on at `indexed`.
@safe
struct JSONWindow: ~Copyable {
    private let source: any ByteSource
    private let capacity: Int
    // Safety: both allocations belong to this value alone and have one kernel block of room past `capacity`. Positions
    // come from the kernel, which writes none outside of the bytes that it was given, or are checked against `count`.
    private let bytes: UnsafeMutablePointer<UInt8>
    private let positions: UnsafeMutablePointer<UInt32>
    private var start = 0
    private(set) var count = 0
    private(set) var indexed = 0
    private var positionCount = 0
    private var cursor = 0
    private(set) var isAtEnd = false
    private var carry = cloud_prices_json_carry()
    /// Whether a string in the window may have an escape in it.
    private(set) var mayEscape = false

    private static let block = Int(CLOUD_PRICES_BLOCK)

    init(source: any ByteSource, capacity: Int) {
        precondition(capacity >= 4 * Self.block && capacity < Int(UInt32.max) / 2, "a window has 256 bytes or more")
        self.source = source
        self.capacity = capacity
        unsafe bytes = .allocate(capacity: capacity + Self.block)
        unsafe bytes.initialize(repeating: 0, count: capacity + Self.block)
        unsafe positions = .allocate(capacity: capacity + 2 * Self.block)
    }

    deinit {
        unsafe bytes.deallocate()
        unsafe positions.deallocate()
    }

    /// How many bytes of the document came into the window so far.
    var bytesRead: Int { start + count }

    /// The document's name, for messages.
    var name: String { source.name }

    /// Where a place in the window is in the document.
    @inline(__always)
    func offset(of position: Int) -> Int { start + position }

    @inline(__always)
    subscript(position: Int) -> UInt8 { unsafe bytes[position] }

    /// Bytes of the window.
    @inline(__always)
    @_lifetime(borrow self)
    func span(_ range: Range<Int>) -> Span<UInt8> {
        let span = unsafe Span(_unsafeStart: bytes + range.lowerBound, count: range.count)
        return unsafe _overrideLifetime(span, borrowing: self)
    }

    /// Puts the text that is meant in the place of one with escapes, which is never shorter.
    ///
    /// - Returns: the new length; `nil` if an escape is not one of JSON's, or half a surrogate pair.
    mutating func removeEscapes(in range: Range<Int>) -> Int? {
        var text = unsafe MutableSpan(_unsafeStart: bytes + range.lowerBound, count: range.count)
        return JSONEscapes.remove(from: &text)
    }

    /// The next token's position, or `nil` at the end of the document.
    ///
    /// It may move the window: earlier positions are void.
    @inline(__always)
    mutating func take() throws(PriceProblem) -> Int? {
        if cursor == positionCount { guard try findMore() else { return nil } }
        let position = unsafe positions[cursor]
        cursor += 1
        return Int(position)
    }

    /// The next token's position without taking it.
    mutating func peek() throws(PriceProblem) -> Int? {
        if cursor == positionCount { guard try findMore() else { return nil } }
        return unsafe Int(positions[cursor])
    }

    /// The next token's position while another must stay: moves both if it must.
    @inline(__always)
    mutating func take(keeping kept: inout Int) throws(PriceProblem) -> Int? {
        if cursor == positionCount { guard try findMore(keeping: &kept) else { return nil } }
        let position = unsafe positions[cursor]
        cursor += 1
        return Int(position)
    }

    @inline(never)
    private mutating func findMore() throws(PriceProblem) -> Bool {
        while cursor == positionCount {
            var kept = indexed
            guard try advance(keeping: &kept) else { return false }
        }
        return true
    }

    @inline(never)
    private mutating func findMore(keeping kept: inout Int) throws(PriceProblem) -> Bool {
        while cursor == positionCount { guard try advance(keeping: &kept) else { return false } }
        return true
    }

    /// Gets more bytes past the end of a number, which has none that the kernel would find.
    mutating func extend(keeping kept: inout Int) throws(PriceProblem) -> Bool {
        let before = bytesRead
        guard cursor == positionCount else { return false }
        _ = try advance(keeping: &kept)
        return bytesRead > before
    }

    /// Looks at the next blocks; `false` when there are none.
    private mutating func advance(keeping kept: inout Int) throws(PriceProblem) -> Bool {
        let blocks = try fill(keeping: &kept)
        guard blocks > 0 else { return false }
        cursor = 0
        positionCount = 0
        if kept == indexed { mayEscape = false }
        let result = unsafe cloud_prices_json_index(
            bytes + indexed, blocks, UInt32(indexed), positions, &carry)
        mayEscape = mayEscape || result.has_backslash != 0
        try check(result.fault, at: indexed + result.fault_position)
        indexed = min(count, indexed + blocks * Self.block)
        positionCount = result.count
        return true
    }

    /// Skips to the bracket that closes the last of `depth` open ones, first by the tokens that are known, then without
    /// looking for tokens at all; `false` if the document ends before.
    mutating func skip(depth open: Int) throws(PriceProblem) -> Bool {
        var depth = open
        while cursor < positionCount {
            let folded = unsafe bytes[Int(positions[cursor])] | 0x20
            cursor += 1
            if folded == UInt8(ascii: "{") {
                depth += 1
            } else if folded == UInt8(ascii: "}") {
                depth -= 1
                if depth == 0 { return true }
            }
        }
        cursor = 0
        positionCount = 0
        while true {
            var kept = indexed
            let blocks = try fill(keeping: &kept)
            guard blocks > 0 else { return false }
            let result = unsafe cloud_prices_json_skip(bytes + indexed, blocks, Int64(depth), &carry)
            try check(result.fault, at: indexed + result.fault_position)
            indexed = min(count, indexed + result.end)
            depth = Int(result.depth)
            mayEscape = false
            if depth == 0 {
                carry = cloud_prices_json_carry()
                return true
            }
        }
    }

    /// Makes sure that the kernel has something to look at; gives how many blocks.
    private mutating func fill(keeping kept: inout Int) throws(PriceProblem) -> Int {
        if count - indexed < Self.block, !isAtEnd {
            move(to: &kept)
            while count - indexed < Self.block, !isAtEnd {
                guard count < capacity else { throw tooLong(at: kept) }
                var room = unsafe MutableSpan(_unsafeStart: bytes + count, count: capacity - count)
                let read = try source.read(into: &room)
                count += read
                isAtEnd = read == 0
            }
            if start == 0, indexed == 0 { blankByteOrderMark() }
        }
        let (blocks, rest) = (count - indexed).quotientAndRemainder(dividingBy: Self.block)
        guard isAtEnd, rest > 0 else { return blocks }
        unsafe (bytes + count).update(repeating: UInt8(ascii: " "), count: Self.block - rest)
        return blocks + 1
    }

    /// Some writers put a byte order mark before the document; as blanks it keeps every offset right.
    private mutating func blankByteOrderMark() {
        guard count >= 3, self[0] == 0xEF, self[1] == 0xBB, self[2] == 0xBF else { return }
        unsafe bytes.update(repeating: UInt8(ascii: " "), count: 3)
    }

    /// Moves what is still needed to the start of the window.
    private mutating func move(to kept: inout Int) {
        guard kept > 0 else { return }
        unsafe bytes.update(from: bytes + kept, count: count - kept)
        start += kept
        count -= kept
        indexed -= kept
        kept = 0
    }

    /// Whether the document ended inside of a string.
    var endsInString: Bool { carry.in_string != 0 }

    private func check(_ fault: cloud_prices_json_fault, at position: Int) throws(PriceProblem) {
        guard fault != CLOUD_PRICES_JSON_FINE else { return }
        let isAfterEnd = position >= count
        throw PriceProblem(
            isAfterEnd ? .truncated : .malformed,
            isAfterEnd
                ? "the document ends inside of a character"
                : fault == CLOUD_PRICES_JSON_UTF8
                    ? "the bytes are not UTF-8" : "a string has a control character in it",
            source: name, offset: offset(of: min(position, count)))
    }

    private func tooLong(at position: Int) -> PriceProblem {
        PriceProblem(
            .limitExceeded, "a text or number is longer than the \(capacity) bytes that are held at once",
            source: name, offset: offset(of: position),
            found: String(copying: span(position..<min(count, position + 40))))
    }
}
