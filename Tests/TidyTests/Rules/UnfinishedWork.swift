import Testing

struct UnfinishedWork: FileRule {
    var promise: String { "A note of unfinished work gives its reason in parentheses." }

    private static let words: Set<Substring> = ["TODO", "FIXME", "XXX", "HACK"]

    func covers(_ file: RepositoryFile) -> Bool {
        file.isCode || file.isMarkdown || file.isUnder("scripts") || file.isUnder(".ci") || file.path.hasSuffix(".py")
    }

    func offences(in file: RepositoryFile) -> [Offence] {
        let texts =
            file.isCode
            ? file.source.comments.sorted { $0.key < $1.key }.map { ($0.key, Substring($0.value)) }
            : file.lines.enumerated().map { ($0 + 1, Markdown.withoutCode($1)) }
        return texts.compactMap { line, text in
            guard let word = word(in: text), !hasReason(text[word.endIndex...]) else { return nil }
            return file.offence(line, "\(word) without a reason: \(word) (what is missing, and why it can wait)")
        }
    }

    private func word(in text: Substring) -> Substring? {
        // Most lines hold none: look at the whole before splitting it.
        guard Self.words.contains(where: text.contains) else { return nil }
        return text.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.first(where: Self.words.contains)
    }

    private func hasReason(_ rest: Substring) -> Bool {
        let rest = rest.drop { $0 == " " }
        guard rest.first == "(" else { return false }
        return rest.dropFirst().prefix { $0 != ")" }.count >= 10
    }
}

struct UnfinishedWorkTests {
    private let rule = UnfinishedWork()

    @Test func `no reason`() {
        #expect(rule.lines(in: "A.swift", "a // TODO: more\n/* FIXME(x) */") == [1, 2])
        #expect(rule.lines(in: "README.md", "XXX fill in") == [1])
        #expect(rule.lines(in: "scripts/a", "# HACK") == [1])
    }

    @Test func `a reason`() {
        #expect(rule.lines(in: "A.swift", "// TODO (needs a kernel with io_uring): more") == [])
    }

    @Test func `other words, strings and code spans`() {
        #expect(rule.lines(in: "A.swift", "let TODOS = \"TODO\" // TODOS mktemp aXXXXXX") == [])
        #expect(rule.lines(in: "README.md", "`TODO` is a word.") == [])
    }
}
