import Testing

struct FileLength: FileRule {
    var limit = 450
    var promise: String { "A source file has at most \(limit) lines: one idea each." }

    func covers(_ file: RepositoryFile) -> Bool { file.isCode && file.isUnder("Sources") }

    func offences(in file: RepositoryFile) -> [Offence] {
        let count = file.lines.count - (file.lines.last == "" ? 1 : 0)
        return count > limit ? [file.offence(count, "\(count) lines; split the file by concern")] : []
    }
}

struct FileLengthTests {
    @Test func `the limit itself is allowed`() {
        #expect(FileLength(limit: 2).lines(in: "Sources/A/B.swift", "a\nb\n") == [])
        #expect(FileLength(limit: 2).lines(in: "Sources/A/B.swift", "a\nb\nc\n") == [3])
        #expect(FileLength(limit: 2).lines(in: "Sources/A/b.c", "a\nb\nc") == [3])
    }

    @Test func `tests and documents are not covered`() {
        #expect(FileLength(limit: 2).lines(in: "Tests/A/B.swift", "a\nb\nc\n") == [])
        #expect(FileLength(limit: 2).lines(in: "Sources/A/A.md", "a\nb\nc\n") == [])
    }
}
