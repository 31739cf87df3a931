import ByteText

/// Something in a check's line that is not understood.
package struct LineError: Error, Hashable {
    package let message: String
    /// Where in the line, in Unicode scalars from 0.
    package let offset: Int
}

/// Reads a line of SodaCL piece by piece.
///
/// It goes by Unicode scalars: a bracket or quotation mark that a combining mark follows is still one.
struct LineScanner {
    private let scalars: [Unicode.Scalar]
    private(set) var offset = 0

    init(_ line: String) { scalars = Array(line.unicodeScalars) }

    var isAtEnd: Bool { offset >= scalars.count }

    /// What is left, for messages.
    var rest: String { Self.text(scalars[offset...]) }

    private var next: Unicode.Scalar? { isAtEnd ? nil : scalars[offset] }

    mutating func skipBlanks() {
        while let scalar = next, Self.isBlank(scalar) { offset += 1 }
    }

    /// Takes a symbol if it comes next, after blanks.
    mutating func accept(_ symbol: String) -> Bool {
        skipBlanks()
        guard scalars[offset...].starts(with: symbol.unicodeScalars) else { return false }
        offset += symbol.unicodeScalars.count
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
            while let scalar = next, scalar != "\"" { offset += 1 }
            guard next != nil, offset > start + 1 else { throw error("the quoted name has no end or is empty") }
            offset += 1
        } else {
            guard let first = next, Self.isWord(first), !Self.isDigit(first) else { throw error("expected \(what)") }
            while let scalar = next, Self.isWord(scalar) || scalar == "." { offset += 1 }
        }
        return Self.text(scalars[start..<offset])
    }

    /// A name in square brackets, which may hold anything but a closing one; nothing if no bracket comes next.
    mutating func bracketed(_ what: String) throws(LineError) -> String? {
        guard accept("[") else { return nil }
        let start = offset
        while let scalar = next, scalar != "]" { offset += 1 }
        let name = Self.text(scalars[start..<offset]).bytes.trimmed
        try expect("]", "after \(what)")
        guard !name.isEmpty else { throw error("expected \(what) between '[' and ']'") }
        return name.string
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

    /// Names in parentheses, or one name without them.
    mutating func identifiers(_ what: String) throws(LineError) -> [String] {
        guard accept("(") else { return [try identifier(what)] }
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
        if next.map(Self.isBlank) == true { skipBlanks() }
        while let scalar = next, Self.isDigit(scalar) || scalar == "." { offset += 1 }
        if next == "e" || next == "E", offset > start {
            let mark = offset
            offset += 1
            if next == "+" || next == "-" { offset += 1 }
            let digits = offset
            while let scalar = next, Self.isDigit(scalar) { offset += 1 }
            if offset == digits { offset = mark }
        }
        let text = scalars[start..<offset].filter { !Self.isBlank($0) && $0 != "+" }
        guard let value = Double(Self.text(text)), value.isFinite else {
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
        while let first = next, Self.isDigit(first) {
            var digits = ""
            while let digit = next, Self.isDigit(digit) {
                digits.unicodeScalars.append(digit)
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

    private static let units: [Unicode.Scalar: Double] = ["d": 86_400, "h": 3600, "m": 60, "s": 1]

    func error(_ message: String) -> LineError { LineError(message: message, offset: offset) }

    private static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        UInt8(exactly: scalar.value).map(ByteText.isBlank) == true
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    /// Letters, digits, underscores, and the marks that belong to a letter, as Postgres has them in names.
    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.isASCII else {
            return scalar.properties.isAlphabetic || scalar.properties.generalCategory == .nonspacingMark
        }
        return isDigit(scalar) || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
    }
}
