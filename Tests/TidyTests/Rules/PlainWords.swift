import Testing

struct PlainWords: FileRule {
    var promise: String { "Names, comments and documents use the field's plain words." }

    private static let better = [
        "whitelist": "allow-list", "blacklist": "deny-list", "slave": "worker", "utilise": "use", "utilize": "use",
    ]

    func covers(_ file: RepositoryFile) -> Bool { file.isCode || file.isMarkdown }

    func offences(in file: RepositoryFile) -> [Offence] {
        if file.isMarkdown {
            return file.lines.enumerated().flatMap { offences(in: $1, line: $0 + 1, of: file) }
        }
        let names = file.source.tokens.map { ($0.line, $0.text) }
        let comments = file.source.comments.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }
        return (names + comments).flatMap { offences(in: Substring($1), line: $0, of: file) }
    }

    private func offences(in text: Substring, line: Int, of file: RepositoryFile) -> [Offence] {
        guard text.utf8.count >= 5 else { return [] }
        let lowercase = text.lowercased()
        return Self.better.sorted { $0.key < $1.key }.compactMap { word, other in
            guard lowercase.contains(word) else { return nil }
            return file.offence(line, "'\(word)'; say '\(other)'")
        }
    }
}

struct PlainWordsTests {
    @Test func `words with a plain better one`() {
        #expect(PlainWords().lines(in: "A.swift", "let hostWhitelist = 1\n// A blacklist.\n") == [1, 2])
        #expect(PlainWords().lines(in: "README.md", "We utilize threads.") == [1])
    }

    @Test func `text in strings and plain words`() {
        #expect(PlainWords().lines(in: "A.swift", "let a = \"whitelist\" // an allow-list") == [])
        #expect(PlainWords().lines(in: "README.md", "We use threads.") == [])
    }
}
