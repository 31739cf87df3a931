import Testing

/// Text is cut, searched and quoted by its bytes.
///
/// A quotation mark, slash or line feed that a combining mark follows is one `Character` with it, and equals no
/// quotation mark, slash or line feed. So whatever cuts, searches or quotes text does so by its bytes, with `ByteText`.
struct TextBoundaries: FileRule {
    var promise: String {
        "Sources cut, search and quote text by its bytes; where characters are meant, a note says so."
    }

    /// What asks about characters, whatever its arguments.
    private static let forbidden: Set<String> = [
        "hasPrefix", "hasSuffix", "replacingOccurrences", "trimmingCharacters", "firstRange", "ranges",
        "trimmingPrefix",
    ]

    /// What asks about one character, unless it is a function of somebody else's with an argument.
    private static let properties: Set<String> = [
        "isWhitespace", "isNewline", "isLetter", "isNumber", "isHexDigit", "isPunctuation",
    ]

    /// What asks about characters if a literal is its argument; literals leave no token between the others.
    private static let forbiddenWithLiteral: [[String]] = [
        ["contains", "(", ")"], ["firstIndex", "(", "of", ":", ")"], ["lastIndex", "(", "of", ":", ")"],
        ["split", "(", "separator", ":", ")"], ["split", "(", "separator", ":", ","],
        ["components", "(", "separatedBy", ":", ")"],
    ]

    /// The executor and its test kit use nothing but the toolchain, and read no text from outside the machine.
    private static let exempt = ["Sources/Sennit/", "Sources/SennitTesting/", "Sources/ByteText/"]

    /// Tables that are part of the program, and what price lists say compared with them.
    private static let tables = "Sources/CloudPrices/Units/"

    func covers(_ file: RepositoryFile) -> Bool {
        file.isSwift && file.isUnder("Sources") && !(Self.exempt + [Self.tables]).contains { file.path.hasPrefix($0) }
    }

    func offences(in file: RepositoryFile) -> [Offence] {
        let source = file.source
        return source.tokens.indices.compactMap { index in
            let token = source.tokens[index]
            guard isForbidden(index, in: source) else { return nil }
            // Calls may span lines; the note may stand above the statement.
            guard !source.comment(about: token.line).contains("Characters: ") else { return nil }
            return file.offence(
                token.line, "'\(token.text)' goes by characters; use ByteText, or say why in '// Characters: …'")
        }
    }

    /// Whether a call has an argument of this name.
    private func hasArgument(_ name: String, after index: Int, in source: SourceText) -> Bool {
        var depth = 0
        for place in (index + 1)..<max(index + 1, source.tokens.count) {
            switch source.token(place).text {
            case "(", "[", "{": depth += 1
            case ")", "]", "}": depth -= 1
            case name where depth == 1 && source.token(place + 1).text == ":": return true
            default: break
            }
            if depth == 0 { return false }
        }
        return false
    }

    private func isForbidden(_ index: Int, in source: SourceText) -> Bool {
        let before = source.token(index - 1).text
        guard before == "." || before == "\\." else { return false }
        let name = source.tokens[index].text
        if Self.forbidden.contains(name) { return true }
        if name == "replacing" { return hasArgument("with", after: index, in: source) }
        if Self.properties.contains(name) { return source.token(index + 1).text != "(" }
        return Self.forbiddenWithLiteral.contains { sequence in
            sequence.indices.allSatisfy { source.token(index + $0).text == sequence[$0] }
        }
    }
}

struct TextBoundariesTests {
    private func lines(_ text: String, in path: String = "Sources/A/B.swift") -> [Int] {
        TextBoundaries().lines(in: path, text)
    }

    @Test(arguments: [
        "path.hasPrefix(\"/\")", "a.replacing(\"'\", with: \"''\")", "text.split(separator: \"/\")",
        "text.split(separator: \"=\", maxSplits: 1)", "name.contains(\"/\")", "path.lastIndex(of: \"/\")",
        "text.split(whereSeparator: \\.isNewline)", "text.drop { $0.isWhitespace }", "names.map(x.hasSuffix)",
        "\"\\(a.contains(\"b\"))\"",
    ])
    func `by characters`(text: String) { #expect(lines(text) == [1]) }

    @Test(arguments: [
        "path.bytes.hasStart(\"/\")", "bytes.split(separator: UInt8(ascii: \"/\"))", "names.contains(name)",
        "ByteText.isLetter(byte)", "duration.components", "pipeline.replacing(steps.map { $0.adjusted(with: a) })",
        "list.firstIndex(of: name)", "set.contains { $0.isEmpty }", "// a.hasPrefix(\"b\")",
        "// Characters: a column's width is counted in them.\na.hasPrefix(\"b\")",
        "a.hasPrefix(\"b\") // Characters: words that a person typed.",
    ])
    func `by bytes, or with a reason`(text: String) { #expect(lines(text) == []) }

    @Test func `the executor is free`() {
        #expect(lines("a.hasPrefix(\"b\")", in: "Sources/Sennit/A.swift") == [])
        #expect(lines("a.hasPrefix(\"b\")", in: "Sources/SennitPipeline/A.swift") == [1])
    }
}
