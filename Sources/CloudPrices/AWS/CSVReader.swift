/// Reads records of comma-separated values as RFC 4180 has them, in constant memory.
///
/// A field may be quoted, and then hold separators, line ends and doubled quotes. Lines end with a line feed, or a
/// carriage return before it. A record is held whole, so its length is bounded by the window.
@safe
struct CSVReader: ~Copyable {
    private let source: any ByteSource
    private let capacity: Int
    // Safety: the memory belongs to this value alone; `count` bytes of it are initialised. The ranges of fields lie
    // below `count` and are void once the next record is read.
    private let bytes: UnsafeMutablePointer<UInt8>
    private var start = 0
    private var count = 0
    private var position = 0
    private var isAtEnd = false
    private var fields: [Range<Int>] = []
    /// The character between fields.
    var separator = UInt8(ascii: ",")
    /// Where the last record starts in the document.
    private(set) var offset = 0
    /// Whether the last record ended with a line end, not with the document.
    private(set) var endedWithLine = true
    /// Whether the last field of the last record was quoted.
    private(set) var endedWithQuote = false

    init(_ source: any ByteSource, window: Int = 262_144) {
        self.source = source
        capacity = window
        unsafe bytes = .allocate(capacity: window)
    }

    deinit { unsafe bytes.deallocate() }

    var name: String { source.name }
    var bytesRead: Int { start + count }
    var fieldCount: Int { fields.count }

    /// A field of the last record, without quotes; empty if the record has no such field.
    @inline(__always)
    @_lifetime(borrow self)
    func field(_ index: Int) -> Span<UInt8> {
        let range = fields.indices.contains(index) ? fields[index] : 0..<0
        let span = unsafe Span(_unsafeStart: bytes + range.lowerBound, count: range.count)
        return unsafe _overrideLifetime(span, borrowing: self)
    }

    /// Reads the next record; `false` at the end.
    mutating func next() throws(PriceProblem) -> Bool {
        fields.removeAll(keepingCapacity: true)
        if count - position < capacity / 2, !isAtEnd { try fill() }
        if start == 0, position == 0 { skipByteOrderMark() }
        guard position < count else { return false }
        offset = start + position
        let first = position
        while try !readField() {}
        try checkText(from: first)
        return true
    }

    /// Refuses what is not UTF-8, and zero, which no text of a database holds.
    ///
    /// Most records are ASCII and cost one look.
    private func checkText(from first: Int) throws(PriceProblem) {
        var (bits, least) = (UInt8(0), UInt8.max)
        for place in first..<position {
            bits |= self[place]
            least = min(least, self[place])
        }
        guard bits >= 0x80 || least == 0 else { return }
        for (index, range) in fields.enumerated() {
            let text = field(index)
            for place in 0..<text.count where text[place] == 0 {
                throw problem(.malformed, "a text has a zero in it", at: start + range.lowerBound + place)
            }
            do throws(UTF8.ValidationError) {
                _ = try UTF8Span(validating: text)
            } catch {
                let place = start + range.lowerBound + error.byteOffsets.lowerBound
                throw problem(.malformed, "a text is not UTF-8", at: place)
            }
        }
    }

    /// Reads one field and what ends it; `true` if the record ends there.
    private mutating func readField() throws(PriceProblem) -> Bool {
        let isQuoted = try has(position) && self[position] == UInt8(ascii: "\"")
        fields.append(isQuoted ? try quoted() : try plain())
        endedWithQuote = isQuoted
        guard try has(position) else {
            endedWithLine = false
            return true
        }
        let end = self[position]
        position += 1
        if end == separator { return false }
        if end == UInt8(ascii: "\r"), try has(position), self[position] == UInt8(ascii: "\n") { position += 1 }
        endedWithLine = true
        return true
    }

    private mutating func plain() throws(PriceProblem) -> Range<Int> {
        let first = position
        while position < count {
            let byte = self[position]
            if byte == separator || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { break }
            position += 1
        }
        // At the window's end it must be the document's end too.
        _ = try has(position)
        return first..<position
    }

    /// A field in quotes; doubled ones become single in place.
    private mutating func quoted() throws(PriceProblem) -> Range<Int> {
        let first = position + 1
        var written = first
        position = first
        while true {
            guard try has(position) else {
                throw problem(.truncated, "the document ends inside of a quoted field", at: bytesRead)
            }
            let byte = self[position]
            position += 1
            if byte == UInt8(ascii: "\"") {
                guard try has(position), self[position] == UInt8(ascii: "\"") else { break }
                position += 1
            }
            unsafe bytes[written] = byte
            written += 1
        }
        if try has(position), !isEnd(self[position]) {
            throw problem(.malformed, "text follows a quoted field", at: start + position)
        }
        return first..<written
    }

    @inline(__always)
    private func isEnd(_ byte: UInt8) -> Bool {
        byte == separator || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
    }

    @inline(__always)
    private subscript(place: Int) -> UInt8 { unsafe bytes[place] }

    /// Whether there is a byte at a place; past the window's end there is none, and a record must not go on there.
    @inline(__always)
    private func has(_ place: Int) throws(PriceProblem) -> Bool {
        if place < count { return true }
        guard isAtEnd else {
            throw problem(.limitExceeded, "a record is longer than \(capacity / 2) bytes", at: offset)
        }
        return false
    }

    /// Moves what is left to the window's start and fills the rest.
    private mutating func fill() throws(PriceProblem) {
        unsafe bytes.update(from: bytes + position, count: count - position)
        start += position
        count -= position
        position = 0
        while count < capacity, !isAtEnd {
            var room = unsafe MutableSpan(_unsafeStart: bytes + count, count: capacity - count)
            let read = try source.read(into: &room)
            count += read
            isAtEnd = read == 0
        }
    }

    private mutating func skipByteOrderMark() {
        guard count >= 3, unsafe bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF else { return }
        position = 3
    }

    func problem(_ code: PriceProblem.Code, _ message: String, at offset: Int) -> PriceProblem {
        PriceProblem(code, message, source: source.name, offset: offset)
    }
}
