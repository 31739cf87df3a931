import Testing

struct CommentedOutCode: FileRule {
    var promise: String { "Code that is not used is deleted, not commented out." }

    func covers(_ file: RepositoryFile) -> Bool { file.isSwift }

    func offences(in file: RepositoryFile) -> [Offence] {
        file.source.comments.sorted { $0.key < $1.key }.compactMap { line, text in
            guard !file.source.linesOfCode.contains(line), isCode(text) else { return nil }
            return file.offence(line, "looks like commented-out code; delete it, or say it in words")
        }
    }

    /// Shapes that English prose does not take.
    ///
    /// Documentation comments may show code and are not looked at.
    private func isCode(_ comment: String) -> Bool {
        guard comment.hasPrefix("//"), !comment.hasPrefix("///") else { return false }
        let text = comment.dropFirst(2).drop { $0 == " " }
        let end = text.last ?? " "
        if ["{", "}", "})", "},", ")", "]"].contains(text) { return true }
        let words = text.split(separator: " ")
        guard let first = words.first, !first.contains("://") else { return false }
        switch first {
        case "let", "var": return words.count > 2 && (words[2] == "=" || words[1].hasSuffix(":"))
        case "func": return words.count > 1 && words[1].contains("(")
        case "import": return words.count == 2 && end.isLetter
        case "if", "guard", "for", "while", "switch", "}": return end == "{"
        case "return", "try", "await": return end == ")" && words.count < 4 && text.contains("(")
        default: return words.count == 1 && end == ")" && first.first?.isLetter == true && first.contains("(")
        }
    }
}

struct CommentedOutCodeTests {
    @Test(
        arguments: [
            "// let a = 1", "//var b: Int = 2", "// func c() {", "// if a {", "// }", "// } else {", "// pool.run(a)",
            "// return f(x)", "// try await g()", "// import Foundation",
        ]
    )
    func `code in a comment`(text: String) {
        #expect(CommentedOutCode().lines(in: "A.swift", text) == [1])
    }

    @Test(
        arguments: [
            "// If it fails, the worker is replaced (see below).", "// for each worker", "// let it fail",
            "/// let a = 1", "// MARK: - Names", "// Safety: only this thread writes (see run).", "let a = 1 // f()",
            "// return early: nothing is queued", "// import order matters here", "//", "// https://example.com/(a)",
        ]
    )
    func `words in a comment`(text: String) {
        #expect(CommentedOutCode().lines(in: "A.swift", text) == [])
    }
}
