import Testing

struct LineWidth: FileRule {
    var limit = 120
    var promise: String { "A line of code has at most \(limit) characters." }

    func covers(_ file: RepositoryFile) -> Bool {
        file.isCode || file.isUnder("scripts") || file.isUnder(".ci") || file.path.hasSuffix(".py")
    }

    func offences(in file: RepositoryFile) -> [Offence] {
        file.lines.enumerated().compactMap { index, line in
            // Counting bytes first is much cheaper, and bytes are never fewer than characters.
            guard line.utf8.count > limit, line.count > limit, !isAddress(line) else { return nil }
            return file.offence(index + 1, "\(line.count) characters")
        }
    }

    /// An address cannot be broken over lines.
    private func isAddress(_ line: Substring) -> Bool {
        line.split(separator: " ").contains { $0.contains("https://") && $0.count > limit / 2 }
    }
}

struct LineWidthTests {
    private let rule = LineWidth(limit: 10)

    @Test func `the limit itself is allowed`() {
        #expect(rule.lines(in: "A.swift", "0123456789\n01234567890\n") == [2])
        #expect(rule.lines(in: "scripts/test", "01234567890") == [1])
        #expect(rule.lines(in: "README.md", "01234567890") == [])
    }

    @Test func `characters count, not bytes`() {
        #expect(rule.lines(in: "A.swift", "ééééééé") == [])
    }

    @Test func `long addresses are allowed`() {
        #expect(rule.lines(in: "A.swift", "// https://example.com") == [])
    }
}
