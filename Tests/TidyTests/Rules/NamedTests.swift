import Testing

/// A table of promises is worth what its tests are worth: each that it names must be there.
struct NamedTests: HouseRule {
    var promise: String { "Every test that a table of a document names as `Suite`: `name` exists in that suite." }

    func offences(in tree: RepositoryTree) -> [Offence] {
        let tests = tree.files.filter { $0.isSwift && $0.isUnder("Tests") }
        return tree.files.filter(\.isMarkdown).flatMap { document in
            document.lines.enumerated().flatMap { index, line in
                Self.names(in: line).filter { name in !tests.contains { Self.holds($0.text, name) } }
                    .map { document.offence(index + 1, "no test `\($0.test)` in \($0.suite)") }
            }
        }
    }

    private struct Name {
        var suite: Substring
        var test: Substring
    }

    /// What stands in a row of a table as `Suite`: `name of the test`.
    private static func names(in line: Substring) -> [Name] {
        guard line.hasPrefix("|") else { return [] }
        let spans = line.split(separator: "`", omittingEmptySubsequences: false)
        // Code is in the spans of odd number, and what is between them in the others.
        return stride(from: 1, to: spans.count - 2, by: 2).compactMap { index in
            guard spans[index + 1] == ": " else { return nil }
            return Name(suite: spans[index], test: spans[index + 2])
        }
    }

    private static func holds(_ text: String, _ name: Name) -> Bool {
        guard text.contains("func `\(name.test)`(") else { return false }
        return text.contains("struct \(name.suite) ") || text.contains("struct `\(name.suite)` ")
    }
}

struct NamedTestsTests {
    private func lines(_ text: String) -> [Int] {
        let test = RepositoryFile("Tests/A/B.swift", "struct ThingTests {\n    @Test func `it works`() {}\n}\n")
        let tree = RepositoryTree(files: [RepositoryFile("TESTING.md", text), test])
        return NamedTests().offences(in: tree).map(\.line)
    }

    @Test(arguments: ["`ThingTests`: `it works`", "`ThingTests` alone", "`A` and `b`", "no code"])
    func `there`(text: String) {
        #expect(lines("| 1 | \(text) |") == [])
    }

    @Test(arguments: ["`ThingTests`: `it fails`", "`OtherTests`: `it works`"])
    func `missing`(text: String) {
        #expect(lines("# Title\n| 1 | \(text) |") == [2])
    }
}
