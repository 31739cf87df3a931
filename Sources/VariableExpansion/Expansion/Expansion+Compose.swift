/// The forms of Compose files.
extension Expansion {
    /// What stands between a name and a word.
    private struct Operator {
        /// `-`, `?` or `+`.
        var symbol: UInt8
        /// Whether an empty value counts as none: the colon.
        var refusesEmpty: Bool
    }

    /// Expands the form at a dollar sign.
    ///
    /// - Returns: Where to go on.
    mutating func expandComposeForm(at dollar: Int, depth: Int) throws(VariableExpansionError) -> Int {
        guard depth <= options.maximumDepth else {
            throw error(
                .tooDeep, at: dollar, "more than \(options.maximumDepth) variables stand in each other's words")
        }
        let next = text.byte(dollar + 1)
        if next == ScannedText.dollar {
            if !isMuted { output.append(ScannedText.dollar) }
            return dollar + 2
        }
        let isBraced = next == UInt8(ascii: "{")
        let start = isBraced ? dollar + 2 : dollar + 1
        let end = text.endOfIdentifier(from: start)
        guard end > start else { throw illFormed(at: dollar, name: nil) }
        let name = start..<end
        guard isBraced else {
            try emitPlain(name, dollar: dollar)
            return end
        }
        if text.byte(end) == UInt8(ascii: "}") {
            try emitPlain(name, dollar: dollar)
            return end + 1
        }
        guard end < text.count else { throw unclosed(at: dollar) }
        guard let found = operation(at: end) else { throw illFormed(at: dollar, name: text.string(name)) }
        let word = end + (found.refusesEmpty ? 2 : 1)
        return try expand(name, found, word: word, dollar: dollar, depth: depth)
    }

    private func operation(at offset: Int) -> Operator? {
        let hasColon = text.byte(offset) == UInt8(ascii: ":")
        let symbol = text.byte(hasColon ? offset + 1 : offset)
        guard "-?+".utf8.contains(symbol) else { return nil }
        return Operator(symbol: symbol, refusesEmpty: hasColon)
    }

    private mutating func expand(
        _ name: Range<Int>, _ operation: Operator, word: Int, dollar: Int, depth: Int
    ) throws(VariableExpansionError) -> Int {
        let index = names.find(name, dollar: dollar, in: text, lookup: lookup)
        names.note(index, isMissed: false)
        var value = names.entries[index].value
        if operation.refusesEmpty, value?.isEmpty == true { value = nil }

        if operation.symbol == UInt8(ascii: "+") {
            return try expandWord(from: word, dollar: dollar, depth: depth, isMuted: value == nil)
        }
        if let value {
            emit(value)
            return try expandWord(from: word, dollar: dollar, depth: depth, isMuted: true)
        }
        let mark = output.count
        let end = try expandWord(from: word, dollar: dollar, depth: depth, isMuted: false)
        if operation.symbol == UInt8(ascii: "?") {
            let message = output.string(from: mark)
            output.cut(to: mark)
            if !isListing, !isMuted { throw required(name, message, operation, dollar: dollar) }
        }
        return end
    }

    /// Expands a word up to the brace that closes its form.
    ///
    /// - Returns: The offset after the brace.
    private mutating func expandWord(
        from start: Int, dollar: Int, depth: Int, isMuted mutes: Bool
    ) throws(VariableExpansionError) -> Int {
        let wasMuted = isMuted
        isMuted = wasMuted || mutes
        defer { isMuted = wasMuted }
        var open = 0
        var offset = start
        var kept = start
        while offset < text.count {
            switch text.byte(offset) {
            case ScannedText.dollar:
                copy(kept..<offset)
                offset = try expandComposeForm(at: offset, depth: depth + 1)
                kept = offset
                if output.count > options.maximumLength { throw tooLong(at: dollar) }
                continue
            case UInt8(ascii: "{"): open += 1
            case UInt8(ascii: "}"):
                if open == 0 {
                    copy(kept..<offset)
                    return offset + 1
                }
                open -= 1
            default: break
            }
            offset += 1
        }
        throw unclosed(at: dollar)
    }

    private func required(
        _ name: Range<Int>, _ message: String, _ operation: Operator, dollar: Int
    ) -> VariableExpansionError {
        let name = text.string(name)
        let state = operation.refusesEmpty ? "undefined or empty" : "undefined"
        let reason = message.isEmpty ? "set it" : message
        return error(.required, name: name, at: dollar, "Variable \(name) is \(state): \(reason)")
    }

    private func unclosed(at dollar: Int) -> VariableExpansionError {
        error(.unclosed, at: dollar, "the ${ that begins here has no closing brace; add it, or write $$ for a dollar")
    }

    private func illFormed(at dollar: Int, name: String?) -> VariableExpansionError {
        let problem =
            name.map { "after \($0) comes none of }, -, :-, ?, :?, + and :+" }
            ?? "no name follows this dollar sign"
        return error(.illFormed, name: name, at: dollar, "\(problem); write $$ for a dollar sign")
    }
}
