/// A word, a number or a run of operator characters in a Swift file.
///
/// Comments and the text of string literals yield no token; code inside `\( )` does.
struct Token: Equatable {
    var text: String
    var line: Int
    /// Nothing, not even a space, stands between this token and the one before.
    var touchesPrevious: Bool
}

/// Splits Swift text, or C text, into tokens and comments.
///
/// It knows just enough of the grammar to never take a brace in a string, a comment or a regular expression
/// for a brace in code. It accepts any text: unfinished literals end where the file ends.
struct SwiftLexer {
    private(set) var tokens: [Token] = []
    /// The comment text of each line, by line number, markers included.
    private(set) var comments: [Int: String] = [:]

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var endOfLastToken = -1

    init(_ text: String) {
        bytes = Array(text.utf8)
        readCode(insideInterpolation: false)
    }

    private func byte(at offset: Int) -> UInt8 {
        offset < bytes.count ? bytes[offset] : 0
    }

    /// Reads to the end of the file, or to the parenthesis that closes an interpolation.
    private mutating func readCode(insideInterpolation: Bool) {
        var depth = 0
        while position < bytes.count {
            let current = bytes[position]
            switch current {
            case Ascii.newline:
                line += 1
                position += 1
            case Ascii.space, Ascii.tab, Ascii.carriageReturn:
                position += 1
            case Ascii.slash where byte(at: position + 1) == Ascii.slash:
                readLineComment()
            case Ascii.slash where byte(at: position + 1) == Ascii.star:
                readBlockComment()
            case Ascii.quote:
                readString(pounds: 0)
            case Ascii.pound where readAfterPounds():
                break
            case Ascii.apostrophe where readCharacter():
                break
            case Ascii.slash where readRegularExpression():
                break
            default:
                if insideInterpolation {
                    if current == Ascii.openParenthesis { depth += 1 }
                    if current == Ascii.closeParenthesis { depth -= 1 }
                    if depth < 0 {
                        position += 1
                        return
                    }
                }
                readToken(current)
            }
        }
    }

    private mutating func readToken(_ first: UInt8) {
        let start = position
        position += 1
        if first == Ascii.backtick {
            while position < bytes.count, bytes[position] != Ascii.backtick, bytes[position] != Ascii.newline {
                position += 1
            }
            position = min(position + 1, bytes.count)
        } else if Ascii.isWord(first) {
            while Ascii.isWord(byte(at: position)) { position += 1 }
        } else if Ascii.isOperator(first) {
            while Ascii.isOperator(byte(at: position)), !startsComment(at: position) { position += 1 }
        }
        append(from: start)
    }

    private mutating func append(from start: Int) {
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        tokens.append(Token(text: text, line: line, touchesPrevious: start == endOfLastToken))
        endOfLastToken = position
    }

    private func startsComment(at offset: Int) -> Bool {
        guard byte(at: offset) == Ascii.slash else { return false }
        let next = byte(at: offset + 1)
        return next == Ascii.slash || next == Ascii.star
    }
}

// MARK: - Comments

extension SwiftLexer {
    private mutating func readLineComment() {
        let start = position
        while position < bytes.count, bytes[position] != Ascii.newline { position += 1 }
        note(from: start)
    }

    private mutating func readBlockComment() {
        var start = position
        var depth = 0
        while position < bytes.count {
            let pair = (bytes[position], byte(at: position + 1))
            if pair == (Ascii.slash, Ascii.star) {
                depth += 1
                position += 2
            } else if pair == (Ascii.star, Ascii.slash) {
                depth -= 1
                position += 2
                if depth == 0 { break }
            } else if pair.0 == Ascii.newline {
                note(from: start)
                line += 1
                position += 1
                start = position
            } else {
                position += 1
            }
        }
        position = min(position, bytes.count)
        note(from: start)
    }

    private mutating func note(from start: Int) {
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        comments[line, default: ""] += text
    }
}

// MARK: - Literals

extension SwiftLexer {
    /// Reads a raw string or an extended regular expression; does nothing and returns `false` for `#if` and `#file`.
    private mutating func readAfterPounds() -> Bool {
        var pounds = 0
        while byte(at: position + pounds) == Ascii.pound { pounds += 1 }
        switch byte(at: position + pounds) {
        case Ascii.quote:
            position += pounds
            readString(pounds: pounds)
            return true
        case Ascii.slash:
            position += pounds + 1
            skip(to: Ascii.slash, pounds: pounds)
            return true
        default:
            return false
        }
    }

    /// Reads a string literal whose opening quote is at the current position.
    private mutating func readString(pounds: Int) {
        let isMultiline = byte(at: position + 1) == Ascii.quote && byte(at: position + 2) == Ascii.quote
        let quotes = isMultiline ? 3 : 1
        position += quotes
        while position < bytes.count {
            switch bytes[position] {
            case Ascii.newline:
                line += 1
                position += 1
                if !isMultiline { return }
            case Ascii.backslash where run(of: Ascii.pound, at: position + 1, upTo: pounds) == pounds:
                position += 1 + pounds
                if byte(at: position) == Ascii.openParenthesis {
                    position += 1
                    readCode(insideInterpolation: true)
                } else if byte(at: position) != Ascii.newline {
                    position += 1
                }
            case Ascii.quote where closesString(quotes: quotes, pounds: pounds):
                position += quotes + pounds
                return
            default:
                position += 1
            }
        }
    }

    private func closesString(quotes: Int, pounds: Int) -> Bool {
        run(of: Ascii.quote, at: position, upTo: quotes) == quotes
            && run(of: Ascii.pound, at: position + quotes, upTo: pounds) == pounds
    }

    private func run(of wanted: UInt8, at offset: Int, upTo limit: Int) -> Int {
        var count = 0
        while count < limit, byte(at: offset + count) == wanted { count += 1 }
        return count
    }

    /// Reads a C character such as `'{'` or `'\n'`; Swift has none, so an apostrophe elsewhere is left alone.
    private mutating func readCharacter() -> Bool {
        let closing = byte(at: position + 1) == Ascii.backslash ? position + 3 : position + 2
        guard byte(at: closing) == Ascii.apostrophe else { return false }
        position = closing + 1
        return true
    }

    /// Reads `/…/` where a value may stand and the same line closes it; otherwise the slash is an operator.
    private mutating func readRegularExpression() -> Bool {
        let next = byte(at: position + 1)
        guard next != Ascii.space, next != Ascii.closeParenthesis, next != Ascii.comma else { return false }
        guard let last = tokens.last, ["(", "[", "{", ",", ":", "=", "return", "in"].contains(last.text) else {
            return false
        }
        var end = position + 1
        while end < bytes.count, bytes[end] != Ascii.slash, bytes[end] != Ascii.newline {
            end += bytes[end] == Ascii.backslash ? 2 : 1
        }
        guard byte(at: end) == Ascii.slash else { return false }
        position = end + 1
        return true
    }

    private mutating func skip(to closing: UInt8, pounds: Int) {
        while position < bytes.count {
            let current = bytes[position]
            if current == closing, run(of: Ascii.pound, at: position + 1, upTo: pounds) == pounds {
                position += 1 + pounds
                return
            }
            if current == Ascii.newline { line += 1 }
            position += current == Ascii.backslash && byte(at: position + 1) != Ascii.newline ? 2 : 1
        }
        position = min(position, bytes.count)
    }
}
