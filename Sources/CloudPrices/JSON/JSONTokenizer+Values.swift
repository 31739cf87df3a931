import ByteText

extension JSONTokenizer {
    /// Reads a value that must be an object, up to its opening brace.
    ///
    /// - Throws: `PriceProblem` with code `wrongShape` if it is something else.
    package mutating func beginObject() throws(PriceProblem) {
        guard try next() == .beginObject else { throw wrongShape("an object") }
    }

    /// Reads a value that must be an array, up to its opening bracket.
    ///
    /// - Throws: `PriceProblem` with code `wrongShape` if it is something else.
    package mutating func beginArray() throws(PriceProblem) {
        guard try next() == .beginArray else { throw wrongShape("an array") }
    }

    /// Reads a value that must be a string; it is in `text` then.
    ///
    /// - Throws: `PriceProblem` with code `wrongShape` if it is something else.
    package mutating func string() throws(PriceProblem) {
        guard try next() == .string else { throw wrongShape("a text") }
    }

    /// Reads a value that must be a string or `null`; the string is in `text` then.
    ///
    /// - Returns: `false` for `null`.
    package mutating func optionalString() throws(PriceProblem) -> Bool {
        switch try next() {
        case .string: return true
        case .null: return false
        default: throw wrongShape("a text or null")
        }
    }

    /// Reads a value that must be a number; its digits are in `text` then.
    ///
    /// - Throws: `PriceProblem` with code `wrongShape` if it is something else.
    package mutating func number() throws(PriceProblem) {
        guard try next() == .number else { throw wrongShape("a number") }
    }

    /// Reads a value that must be `true` or `false`.
    package mutating func boolean() throws(PriceProblem) -> Bool {
        switch try next() {
        case .true: return true
        case .false: return false
        default: throw wrongShape("true or false")
        }
    }

    /// Skips the value that comes next, whatever it is and however long.
    package mutating func skipValue() throws(PriceProblem) {
        if state == .afterKey { try colon() }
        let position = try position()
        switch window[position] {
        case UInt8(ascii: "\""): _ = try self.position()
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard try window.skip(depth: 1) else { throw truncated() }
        case UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ","), UInt8(ascii: ":"):
            throw unexpected(at: position, "a value")
        default: break
        }
        endValue()
    }

    /// Skips what is left of the object or array that was begun last, with its end.
    package mutating func skipRest() throws(PriceProblem) {
        guard depth > 0 else { return }
        guard try window.skip(depth: 1) else { throw truncated() }
        _ = close()
    }

    /// Reads on to the end of the document, where nothing but blanks may stand.
    package mutating func finish() throws(PriceProblem) {
        guard try next() == .end else { throw wrongShape("the end of the document") }
    }

    /// A problem at the last token.
    package func problem(
        _ code: PriceProblem.Code, _ message: String, advice: String = ""
    ) -> PriceProblem {
        PriceProblem(code, message, source: window.name, offset: offset, advice: advice)
    }

    package func wrongShape(_ expected: String) -> PriceProblem {
        PriceProblem(
            .wrongShape, "here should be \(expected)", source: window.name, offset: offset,
            advice: "The document is not a price list of this kind, or the provider has changed its format.")
    }

    func truncated() -> PriceProblem {
        PriceProblem(
            .truncated, window.endsInString ? "the document ends inside of a text" : "the document ends too early",
            source: window.name, offset: window.bytesRead, advice: "Fetch it again.")
    }

    func unexpected(at position: Int, _ expected: String) -> PriceProblem {
        let offset = window.offset(of: position)
        let found = String(copying: window.span(position..<min(window.count, position + 24)))
        let isMarkup = offset < 16 && found.bytes.hasStart("<")
        return PriceProblem(
            .malformed, isMarkup ? "this is a web page or XML, not JSON" : "the JSON is broken: expected \(expected)",
            source: window.name, offset: offset, found: found,
            advice: isMarkup ? "Look at the address, and at what stands between here and the server." : "")
    }

    func tooLong(_ range: Range<Int>) -> PriceProblem {
        PriceProblem(
            .limitExceeded, "a text or number is longer than \(limits.text) bytes", source: window.name,
            offset: window.offset(of: range.lowerBound),
            found: String(copying: window.span(range.lowerBound..<min(window.count, range.lowerBound + 40))))
    }
}
