/// What stands at one place of a JSON document.
package enum JSONToken: UInt8, Sendable {
    case beginObject, endObject, beginArray, endArray, key, string, number, `true`, `false`, null
    /// The end of the document.
    case end
}

/// Reads a JSON document token by token, in constant memory, from bytes that come block by block.
///
/// Numbers are given as text, to the last digit. A value that nobody wants is skipped at the speed of memory.
/// Everything is checked for UTF-8, and what is read for JSON's grammar; inside of a skipped value only that brackets
/// balance. Names and texts are bounded in length and the document in depth, so that no input takes more memory than
/// the window.
package struct JSONTokenizer: ~Copyable {
    /// The bounds of what is read.
    package struct Limits: Sendable {
        /// How deep objects and arrays may stand in each other: up to 64.
        package var depth = 64
        /// The longest text, name or number that is read, in bytes.
        package var text = 65_536
        /// How many bytes are held at once; longer than `text`.
        package var window = 131_072

        package init() {}
    }

    enum State: UInt8 {
        /// A value comes: at the start, or after `nextElement()`.
        case value
        /// Between a key and its colon.
        case afterKey
        /// After `{`.
        case firstKey
        /// After `[`.
        case firstElement
        case afterValue
        case done
    }

    var window: JSONWindow
    let limits: Limits
    var state = State.value
    /// How many brackets are open; the bits of `objects` say which of them are braces, the innermost lowest.
    package private(set) var depth = 0
    private var objects: UInt64 = 0
    private var textRange = 0..<0
    /// Where the last token starts in the document: a text's or name's opening quote.
    package private(set) var offset = 0

    /// Starts at the beginning of a document.
    package init(_ source: any ByteSource, limits: Limits = Limits()) {
        precondition((1...64).contains(limits.depth) && limits.text + 256 <= limits.window, "limits fit each other")
        self.limits = limits
        window = JSONWindow(source: source, capacity: limits.window)
    }

    /// How many bytes of the document were read so far.
    package var bytesRead: Int { window.bytesRead }

    /// The text of the last name, string or number, without quotes and escapes.
    package var text: Span<UInt8> {
        @_lifetime(borrow self)
        get {
            // Safety: the window is a part of this value, so what borrows this value holds the window.
            unsafe _overrideLifetime(window.span(textRange), borrowing: self)
        }
    }

    /// Reads the next token.
    ///
    /// - Throws: `PriceProblem`: `malformed`, `truncated`, `limitExceeded`, or what reading the source throws.
    package mutating func next() throws(PriceProblem) -> JSONToken {
        switch state {
        case .value: return try value(at: try position())
        case .afterKey:
            try colon()
            return try value(at: try position())
        case .firstKey:
            let position = try position()
            return window[position] == UInt8(ascii: "}") ? close() : try key(at: position)
        case .firstElement:
            let position = try position()
            return window[position] == UInt8(ascii: "]") ? close() : try value(at: position)
        case .afterValue: return try afterValue()
        case .done:
            guard let position = try window.take() else { return .end }
            throw unexpected(at: position, "the end of the document")
        }
    }

    private mutating func afterValue() throws(PriceProblem) -> JSONToken {
        let position = try position()
        let isObject = isInObject
        switch window[position] {
        case UInt8(ascii: ","):
            let next = try self.position()
            return isObject ? try key(at: next) : try value(at: next)
        case UInt8(ascii: "}") where isObject, UInt8(ascii: "]") where !isObject: return close()
        default: throw unexpected(at: position, isObject ? "',' or '}'" : "',' or ']'")
        }
    }

    /// Goes to the next name of the object that was begun last.
    ///
    /// - Returns: `false` at the object's end, which is then behind.
    @inline(__always)
    package mutating func nextKey() throws(PriceProblem) -> Bool {
        var position = try position()
        if state == .afterValue, isInObject, window[position] == UInt8(ascii: ",") {
            position = try self.position()
        } else if state == .firstKey || (state == .afterValue && isInObject), window[position] == UInt8(ascii: "}") {
            _ = close()
            return false
        } else if state != .firstKey {
            throw unexpected(at: position, "',' or '}'")
        }
        _ = try key(at: position)
        return true
    }

    /// Goes to the next value of the array that was begun last; read or skip it then.
    ///
    /// - Returns: `false` at the array's end, which is then behind.
    package mutating func nextElement() throws(PriceProblem) -> Bool {
        guard state == .firstElement || (state == .afterValue && !isInObject) else {
            throw unexpected(at: try position(), "an element of an array")
        }
        let isFirst = state == .firstElement
        // The first element's own token was looked at only if it is not the end.
        guard let position = try window.peek() else { throw truncated() }
        if window[position] == UInt8(ascii: "]") {
            _ = try self.position()
            _ = close()
            return false
        }
        if !isFirst {
            guard window[position] == UInt8(ascii: ",") else { throw unexpected(at: position, "',' or ']'") }
            _ = try self.position()
        }
        state = .value
        return true
    }

    var isInObject: Bool { objects & 1 == 1 }

    @inline(__always)
    mutating func position() throws(PriceProblem) -> Int {
        guard let position = try window.take() else { throw truncated() }
        return position
    }

    @inline(__always)
    mutating func colon() throws(PriceProblem) {
        let position = try position()
        guard window[position] == UInt8(ascii: ":") else { throw unexpected(at: position, "':'") }
    }

    @inline(__always)
    mutating func key(at position: Int) throws(PriceProblem) -> JSONToken {
        guard window[position] == UInt8(ascii: "\"") else { throw unexpected(at: position, "a name in quotes") }
        try readText(at: position)
        state = .afterKey
        return .key
    }

    mutating func value(at position: Int) throws(PriceProblem) -> JSONToken {
        switch window[position] {
        case UInt8(ascii: "\""):
            try readText(at: position)
            endValue()
            return .string
        case UInt8(ascii: "{"):
            try open(isObject: true, at: position)
            return .beginObject
        case UInt8(ascii: "["):
            try open(isObject: false, at: position)
            return .beginArray
        default:
            let token = try scalar(at: position)
            endValue()
            return token
        }
    }

    @inline(__always)
    mutating func endValue() { state = depth == 0 ? .done : .afterValue }

    @inline(__always)
    mutating func open(isObject: Bool, at position: Int) throws(PriceProblem) {
        offset = window.offset(of: position)
        guard depth < limits.depth else {
            throw PriceProblem(
                .limitExceeded, "objects and arrays stand more than \(limits.depth) deep in each other",
                source: window.name, offset: offset)
        }
        depth += 1
        objects = objects << 1 | (isObject ? 1 : 0)
        state = isObject ? .firstKey : .firstElement
    }

    @inline(__always)
    mutating func close() -> JSONToken {
        let token: JSONToken = isInObject ? .endObject : .endArray
        depth -= 1
        objects >>= 1
        endValue()
        return token
    }

    /// Takes a text's end, and removes its escapes if it has any.
    @inline(__always)
    private mutating func readText(at position: Int) throws(PriceProblem) {
        var opening = position
        guard let closing = try window.take(keeping: &opening) else { throw truncated() }
        offset = window.offset(of: opening)
        textRange = opening + 1..<closing
        guard textRange.count <= limits.text else { throw tooLong(textRange) }
        if window.mayEscape { try removeEscapes() }
    }

    private mutating func removeEscapes() throws(PriceProblem) {
        guard let length = window.removeEscapes(in: textRange) else {
            throw PriceProblem(
                .malformed, "a text has an escape that means nothing", source: window.name, offset: offset)
        }
        textRange = textRange.lowerBound..<textRange.lowerBound + length
    }

    /// Reads a number or one of the three words.
    private mutating func scalar(at position: Int) throws(PriceProblem) -> JSONToken {
        var start = position
        var end = position
        while true {
            while end < window.count, !JSONNumber.ends(at: window[end]) { end += 1 }
            guard end == window.count, end - start <= limits.text else { break }
            let length = end - start
            guard try window.extend(keeping: &start) else { break }
            end = start + length
        }
        offset = window.offset(of: start)
        textRange = start..<end
        guard end - start <= limits.text else { throw tooLong(textRange) }
        let text = window.span(textRange)
        if JSONNumber.isNumber(text) { return .number }
        if text.equals("true") { return .true }
        if text.equals("false") { return .false }
        if text.equals("null") { return .null }
        throw unexpected(at: start, "a value")
    }
}
