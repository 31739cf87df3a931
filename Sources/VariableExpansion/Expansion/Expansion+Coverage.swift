/// The forms of coverage.py.
extension Expansion {
    /// Expands the form at a dollar sign, or keeps the dollar sign.
    ///
    /// - Returns: Where to go on.
    @inline(__always)
    mutating func expandCoverageForm(at dollar: Int) throws(VariableExpansionError) -> Int {
        let next = text.byte(dollar + 1)
        if next == ScannedText.dollar {
            output.append(ScannedText.dollar)
            return dollar + 2
        }
        if next != UInt8(ascii: "{") {
            let end = text.endOfWord(from: dollar + 1)
            guard end > dollar + 1 else { return try keepDollar(at: dollar) }
            try emitPlain(dollar + 1..<end, dollar: dollar)
            return end
        }
        let end = text.endOfWord(from: dollar + 2)
        guard end > dollar + 2 else { return try keepDollar(at: dollar) }
        let name = dollar + 2..<end
        switch text.byte(end) {
        case UInt8(ascii: "}"):
            try emitPlain(name, dollar: dollar)
            return end + 1
        case UInt8(ascii: "?") where text.byte(end + 1) == UInt8(ascii: "}"):
            try emitRequired(name, dollar: dollar)
            return end + 2
        case UInt8(ascii: "-"):
            guard let close = closingBrace(from: end + 1) else { return try keepDollar(at: dollar) }
            emitDefaulted(name, dollar: dollar, default: end + 1..<close)
            return close + 1
        default: return try keepDollar(at: dollar)
        }
    }

    /// Writes the value of a name that has no default.
    @inline(__always)
    mutating func emitPlain(_ name: Range<Int>, dollar: Int) throws(VariableExpansionError) {
        let index = names.find(name, dollar: dollar, in: text, lookup: lookup)
        let value = names.entries[index].value
        names.note(index, isMissed: value == nil)
        if let value { return emit(value) }
        if options.isStrict, !isListing, !isMuted { throw undefined(name, dollar: dollar) }
    }

    private mutating func emitRequired(_ name: Range<Int>, dollar: Int) throws(VariableExpansionError) {
        let index = names.find(name, dollar: dollar, in: text, lookup: lookup)
        names.note(index, isMissed: false)
        if let value = names.entries[index].value { return emit(value) }
        if !isListing { throw undefined(name, dollar: dollar) }
    }

    private mutating func emitDefaulted(_ name: Range<Int>, dollar: Int, default text: Range<Int>) {
        let index = names.find(name, dollar: dollar, in: self.text, lookup: lookup)
        names.note(index, isMissed: false)
        if let value = names.entries[index].value { emit(value) } else { copy(text) }
    }

    private mutating func keepDollar(at dollar: Int) throws(VariableExpansionError) -> Int {
        if options.isStrict {
            throw error(
                .illFormed, at: dollar,
                "no $NAME, ${NAME}, ${NAME?} or ${NAME-default} begins here; write $$ for a dollar sign"
            )
        }
        output.append(ScannedText.dollar)
        return dollar + 1
    }

    private func undefined(_ name: Range<Int>, dollar: Int) -> VariableExpansionError {
        let name = text.string(name)
        return error(
            .undefined, name: name, at: dollar,
            "Variable \(name) is undefined; set it, or give it a default with ${\(name)-default}")
    }
}
