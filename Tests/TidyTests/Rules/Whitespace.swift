import Testing

struct Whitespace: FileRule {
    var promise: String { "A text file ends with one newline and has no tabs and no spaces at the end of a line." }

    func covers(_ file: RepositoryFile) -> Bool {
        let endings = [".swift", ".c", ".h", ".md", ".py", ".sh", ".json", ".yaml", ".yml"]
        let isKnown = endings.contains { file.path.hasSuffix($0) } || file.isUnder("scripts") || file.isUnder(".ci")
        // Fixtures are samples of somebody else's files.
        return isKnown && !file.path.contains("/Fixtures/") && !file.isUnder("Samples") && !file.text.isEmpty
    }

    func offences(in file: RepositoryFile) -> [Offence] {
        var offences = file.lines.enumerated().compactMap { index, line -> Offence? in
            if line.last == " " || line.last == "\r" { return file.offence(index + 1, "white space at the end") }
            return line.contains("\t") ? file.offence(index + 1, "a tab") : nil
        }
        if file.lines.last != "" {
            offences.append(file.offence(file.lines.count, "no newline at the end of the file"))
        } else if file.lines.dropLast().last == "" {
            offences.append(file.offence(file.lines.count, "empty lines at the end of the file"))
        }
        return offences
    }
}

struct WhitespaceTests {
    @Test func `clean text`() {
        #expect(Whitespace().lines(in: "A.md", "a\n\n  b\n") == [])
        #expect(Whitespace().lines(in: "A.md", "") == [])
    }

    @Test func `stray white space`() {
        #expect(Whitespace().lines(in: "A.md", "a \nb\n") == [1])
        #expect(Whitespace().lines(in: "scripts/a", "a\n\tb\n") == [2])
        #expect(Whitespace().lines(in: "A.swift", "a") == [1])
        #expect(Whitespace().lines(in: "A.swift", "a\n\n") == [3])
    }

    @Test func `fixtures keep theirs`() {
        #expect(Whitespace().lines(in: "Tests/A/Fixtures/b.json", "\t") == [])
    }
}
