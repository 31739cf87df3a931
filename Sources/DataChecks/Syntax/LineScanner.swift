/// Something in a check's line that is not understood.
package struct LineError: Error, Hashable {
    package let message: String
    /// Where in the line, in characters from 0.
    package let offset: Int
}

/// Reads a line of SodaCL piece by piece.
struct LineScanner {
    private let characters: [Character]
    private(set) var offset = 0

    init(_ line: String) { characters = Array(line) }

    var isAtEnd: Bool { offset >= characters.count }

    /// What is left, for messages.
    var rest: String { String(characters[offset...]) }

    private var next: Character? { isAtEnd ? nil : characters[offset] }

    mutating func skipBlanks() {
        while let character = next, character.isWhitespace { offset += 1 }
    }

    /// Takes a symbol if it comes next, after blanks.
    mutating func accept(_ symbol: String) -> Bool {
        skipBlanks()
        guard characters[offset...].starts(with: symbol) else { return false }
        offset += symbol.count
        return true
    }

    /// Takes words if they come next, each as a whole.
    mutating func accept(words: String...) -> Bool {
        let start = offset
        for word in words {
            let isNext = accept(word) && !(next.map(Self.isWord) ?? false)
            guard isNext else {
                offset = start
                return false
            }
        }
        return true
    }

    mutating func expect(_ symbol: String, _ purpose: String) throws(LineError) {
        guard accept(symbol) else { throw error("expected '\(symbol)' \(purpose)") }
    }

    mutating func expectEnd() throws(LineError) {
        skipBlanks()
        guard isAtEnd else { throw error("'\(rest)' is not understood here") }
    }

    /// A name of SQL: a word, perhaps with dots, or one in double quotes, which it keeps.
    mutating func identifier(_ what: String) throws(LineError) -> String {
        skipBlanks()
        let start = offset
        if next == "\"" {
            offset += 1
            while let character = next, character != "\"" { offset += 1 }
            guard next != nil, offset > start + 1 else { throw error("the quoted name has no end or is empty") }
            offset += 1
        } else {
            guard let first = next, first.isLetter || first == "_" else { throw error("expected \(what)") }
            while let character = next, Self.isWord(character) || character == "." { offset += 1 }
        }
        return String(characters[start..<offset])
    }

    /// A name with quotes around each of its parts, separated by dots.
    mutating func qualifiedIdentifier(_ what: String) throws(LineError) -> String {
        var name = try identifier(what)
        while next == "." {
            offset += 1
            name += "." + (try identifier(what))
        }
        return name
    }

    /// Names in parentheses.
    mutating func identifiers(_ what: String) throws(LineError) -> [String] {
        try expect("(", "before \(what)")
        var names = [try identifier(what)]
        while accept(",") { names.append(try identifier(what)) }
        try expect(")", "after \(what)")
        return names
    }

    /// A number with an optional sign, or nothing.
    mutating func number() -> Double? {
        skipBlanks()
        let start = offset
        if next == "+" || next == "-" { offset += 1 }
        if next?.isWhitespace == true { skipBlanks() }
        while let character = next, character.isASCII, character.isNumber || character == "." { offset += 1 }
        if let exponent = next, "eE".contains(exponent), offset > start {
            let mark = offset
            offset += 1
            if next == "+" || next == "-" { offset += 1 }
            let digits = offset
            while let character = next, character.isASCII, character.isNumber { offset += 1 }
            if offset == digits { offset = mark }
        }
        let text = characters[start..<offset].filter { !$0.isWhitespace && $0 != "+" }
        guard let value = Double(String(text)), value.isFinite else {
            offset = start
            return nil
        }
        return value
    }

    /// A length of time such as `1d`, `24h30m` or `90s`, in seconds, or nothing.
    mutating func duration() -> Double? {
        skipBlanks()
        let start = offset
        var seconds = 0.0
        var parts = 0
        while let character = next, character.isASCII, character.isNumber {
            var digits = ""
            while let digit = next, digit.isASCII, digit.isNumber {
                digits.append(digit)
                offset += 1
            }
            guard let unit = next, let length = Self.units[unit], let value = Double(digits), value < 1e9 else {
                offset = start
                return nil
            }
            offset += 1
            seconds += value * length
            parts += 1
        }
        guard parts > 0, !(next.map(Self.isWord) ?? false) else {
            offset = start
            return nil
        }
        return seconds
    }

    private static let units: [Character: Double] = ["d": 86_400, "h": 3600, "m": 60, "s": 1]

    func error(_ message: String) -> LineError { LineError(message: message, offset: offset) }

    private static func isWord(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }
}
