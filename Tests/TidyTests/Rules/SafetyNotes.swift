import Testing

struct SafetyNotes: FileRule {
    var promise: String { "A source file that uses `unsafe` has a comment that starts `// Safety:` and says why." }

    func covers(_ file: RepositoryFile) -> Bool { file.isSwift && file.isUnder("Sources") }

    func offences(in file: RepositoryFile) -> [Offence] {
        let uses = file.source.tokens.indices.filter { isExpression($0, in: file.source) }
        guard let first = uses.first, !file.source.comments.values.contains(where: isNote) else { return [] }
        return [file.offence(file.source.tokens[first].line, "'unsafe' in a file without a '// Safety:' comment")]
    }

    /// `unsafe f()` and `@unsafe`, but not `nonisolated(unsafe)` nor a member named so.
    private func isExpression(_ index: Int, in source: SourceText) -> Bool {
        guard source.tokens[index].text == "unsafe" else { return false }
        return source.token(index + 1).text != ")" && source.token(index - 1).text != "."
    }

    private func isNote(_ comment: String) -> Bool {
        let text = comment.drop { $0 == "/" || $0 == " " }
        return text.hasPrefix("Safety:") && text.count >= 30
    }
}

struct SafetyNotesTests {
    private let rule = SafetyNotes()

    @Test func `unsafe without a note`() {
        #expect(rule.lines(in: "Sources/A/B.swift", "a\nlet p = unsafe q.pointee\n") == [2])
        #expect(rule.lines(in: "Sources/A/B.swift", "// Safety: yes\nunsafe f()\n") == [2])
    }

    @Test func `unsafe with a note`() {
        let text = "// Safety: the mapping outlives every pointer into it.\nunsafe f()\n"
        #expect(rule.lines(in: "Sources/A/B.swift", text) == [])
    }

    @Test func `no unsafe expression`() {
        #expect(rule.lines(in: "Sources/A/B.swift", "nonisolated(unsafe) var a = b.unsafe // unsafe") == [])
        #expect(rule.lines(in: "Tests/A/B.swift", "unsafe f()") == [])
    }
}
