package import PostgresClient

/// What a script consists of.
package enum ScriptPiece: Equatable {
    /// A statement without its semicolon.
    case statement(Range<Int>)
    /// A line that is meant for psql itself, without the backslash.
    case command(Range<Int>)
    /// Such a command in the middle of a statement, without the backslash.
    case commandInStatement(Range<Int>)
}

/// A script that ends in the middle of something.
package struct ScriptEndError: Error, Equatable {
    /// What has no end, such as "a quoted text".
    package var what: String
    /// Where it starts.
    package var offset: Int
}

// Safety: every index is compared with the number of bytes before it is read; the bytes are the caller's, who holds
// them for as long as the scanner lives.
/// Takes a script apart as psql does: at semicolons that are not in quotes, comments, brackets or a function's body.
///
/// Where a text ends depends on the session: on its encoding, and on whether backslashes have a meaning in it.
@safe
package struct ScriptScanner {
    private let bytes: UnsafeRawBufferPointer
    private let count: Int
    /// Where the next piece is looked for.
    package private(set) var index = 0
    private var brackets = 0
    private var words = FunctionWords()
    private var reading = StatementReading.usual

    package init(_ bytes: UnsafeRawBufferPointer) {
        unsafe self.bytes = bytes
        count = bytes.count
    }

    /// The mark that some editors write before a text in UTF-8.
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// The next statement or command, as a session reads it that reads so; nil at the end.
    package mutating func next(_ reading: StatementReading = .usual) throws(ScriptEndError) -> ScriptPiece? {
        self.reading = reading
        if index == 0, reading.encodingName == "UTF8", unsafe bytes.starts(with: Self.byteOrderMark) { index = 3 }
        brackets = 0
        words = FunctionWords()
        try skipBlanks()
        let start = index
        while let byte = byte(index) {
            if byte == UInt8(ascii: "\\") {
                let command = restOfLine()
                return command.lowerBound == start + 1 ? .command(command) : .commandInStatement(command)
            }
            if byte == UInt8(ascii: ";"), brackets == 0, words.bodyDepth == 0 {
                index += 1
                // A semicolon alone is no statement.
                return start == index - 1 ? try next(reading) : .statement(start..<index - 1)
            }
            try skipToken(byte)
        }
        return start == index ? nil : .statement(start..<index)
    }

    /// What follows a backslash, up to the end of its line.
    private mutating func restOfLine() -> Range<Int> {
        let start = index + 1
        while let byte = byte(index), byte != UInt8(ascii: "\n") { index += 1 }
        return start..<index
    }

    /// Goes on behind data that somebody else has read.
    package mutating func move(to offset: Int) { index = max(index, offset) }

    private func byte(_ index: Int) -> UInt8? { index < count ? unsafe bytes[index] : nil }

    /// Steps over a character, of which a half may look like a quote or a backslash.
    private mutating func step(_ first: UInt8) {
        guard first >= 128, reading.hidesASCII else {
            index += 1
            return
        }
        let end = index + (unsafe reading.characterLength(UnsafeRawBufferPointer(rebasing: bytes[index...])))
        index += 1
        // psql reads by lines, which no character goes across.
        while index < end, byte(index) != UInt8(ascii: "\n") { index += 1 }
    }

    /// Blanks and comments in front of a statement.
    private mutating func skipBlanks() throws(ScriptEndError) {
        while let byte = byte(index) {
            if byte == 32 || (9...13).contains(byte) {
                index += 1
            } else if !(try skipComment(byte)) {
                return
            }
        }
    }

    private mutating func skipToken(_ first: UInt8) throws(ScriptEndError) {
        switch first {
        case UInt8(ascii: "'"): try skipQuoted(first, "a quoted text", hasBackslashes: !reading.hasStandardStrings)
        case UInt8(ascii: "\""): try skipQuoted(first, "a quoted name", hasBackslashes: false)
        case UInt8(ascii: "("):
            brackets += 1
            index += 1
        case UInt8(ascii: ")"):
            brackets = max(0, brackets - 1)
            index += 1
        case UInt8(ascii: "$"): try skipDollar()
        case _ where Self.isLetter(first): try skipWord()
        case _ where Self.isDigit(first):
            while let byte = byte(index), Self.isLetter(byte) || Self.isDigit(byte) { index += 1 }
        default:
            if !(try skipComment(first)) { step(first) }
        }
    }

    /// - Returns: Whether there was a comment.
    private mutating func skipComment(_ first: UInt8) throws(ScriptEndError) -> Bool {
        let start = index
        if first == UInt8(ascii: "-"), byte(index + 1) == first {
            while let byte = byte(index), byte != UInt8(ascii: "\n") { step(byte) }
            return true
        }
        guard first == UInt8(ascii: "/"), byte(index + 1) == UInt8(ascii: "*") else { return false }
        var depth = 0
        while let one = byte(index) {
            if one == UInt8(ascii: "/"), byte(index + 1) == UInt8(ascii: "*") {
                depth += 1
                index += 2
            } else if one == UInt8(ascii: "*"), byte(index + 1) == UInt8(ascii: "/") {
                depth -= 1
                index += 2
                if depth == 0 { return true }
            } else {
                step(one)
            }
        }
        throw ScriptEndError(what: "a comment", offset: start)
    }

    private mutating func skipQuoted(
        _ quote: UInt8, _ what: String, hasBackslashes: Bool
    ) throws(ScriptEndError) {
        let start = index
        index += 1
        while let byte = byte(index) {
            if byte == quote {
                index += 1
                // Doubled, or taken up again on another line: the same text goes on, with the same backslashes.
                if self.byte(index) == quote || (hasBackslashes && takesUpAgain(quote)) {
                    index += 1
                    continue
                }
                return
            }
            if hasBackslashes, byte == UInt8(ascii: "\\") { index += 1 }
            if let next = self.byte(index) { step(next) }
        }
        throw ScriptEndError(what: what, offset: start)
    }

    /// Whether nothing but blanks, with the end of a line among them, and comments lie before another quote, which is
    /// then the next byte.
    private mutating func takesUpAgain(_ quote: UInt8) -> Bool {
        let start = index
        var hasLineEnd = false
        while let byte = byte(index) {
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                hasLineEnd = true
                index += 1
            } else if byte == 32 || (9...13).contains(byte) {
                index += 1
            } else if byte == UInt8(ascii: "-"), self.byte(index + 1) == byte {
                _ = restOfLine()
            } else if byte == quote, hasLineEnd {
                return true
            } else {
                break
            }
        }
        index = start
        return false
    }

    private mutating func skipWord() throws(ScriptEndError) {
        let start = index
        while let byte = byte(index), Self.isLetter(byte) || Self.isDigit(byte) || byte == UInt8(ascii: "$") {
            step(byte)
        }
        if index == start + 1, byte(index) == UInt8(ascii: "'"), byte(start).map({ $0 | 32 }) == UInt8(ascii: "e") {
            return try skipQuoted(UInt8(ascii: "'"), "a quoted text", hasBackslashes: true)
        }
        guard index - start <= 16, brackets == 0 else { return words.passOther() }
        words.pass(unsafe String(decoding: bytes[start..<index], as: UTF8.self).lowercased())
    }

    /// `$tag$ … $tag$`, or a parameter such as `$1`.
    private mutating func skipDollar() throws(ScriptEndError) {
        let start = index
        index += 1
        if let first = byte(index), !Self.isDigit(first) {
            while let byte = byte(index), Self.isLetter(byte) || Self.isDigit(byte) { step(byte) }
            guard byte(index) == UInt8(ascii: "$") else { return }
        } else {
            return
        }
        index += 1
        let tag = unsafe Array(bytes[start..<index])
        while index + tag.count <= count, let byte = byte(index) {
            if byte == UInt8(ascii: "$"), unsafe bytes[index..<index + tag.count].elementsEqual(tag) {
                index += tag.count
                return
            }
            step(byte)
        }
        throw ScriptEndError(what: "a text in dollar signs", offset: start)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (byte | 32) &- 97 < 26 || byte == UInt8(ascii: "_") || byte >= 128
    }
}

/// Follows the words of a statement to know when it is in the body of a function that is written in SQL itself.
private struct FunctionWords {
    private var count = 0
    private var isCreation = false
    private var isFunction = false
    private(set) var bodyDepth = 0

    mutating func passOther() { count += 1 }

    mutating func pass(_ word: String) {
        defer { count += 1 }
        if count == 0 { isCreation = word == "create" }
        guard isCreation else { return }
        if count <= 3, word == "function" || word == "procedure" { isFunction = true }
        guard isFunction else { return }
        switch word {
        case "begin": bodyDepth += 1
        case "case" where bodyDepth > 0: bodyDepth += 1
        case "end" where bodyDepth > 0: bodyDepth -= 1
        default: break
        }
    }
}
