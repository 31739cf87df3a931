import Testing

struct ForcedOperations: FileRule {
    var promise: String { "Sources hold no `try!`, no `as!` and no forced unwrapping." }

    func covers(_ file: RepositoryFile) -> Bool { file.isSwift && file.isUnder("Sources") }

    func offences(in file: RepositoryFile) -> [Offence] {
        file.source.tokens.indices.compactMap { index in
            let token = file.source.tokens[index]
            guard token.text == "!", token.touchesPrevious else { return nil }
            let before = file.source.token(index - 1).text
            if before == "try" || before == "as" { return file.offence(token.line, "'\(before)!'; handle the failure") }
            guard let last = before.utf8.last, Ascii.isWord(last) || ")]}`?".utf8.contains(last) else { return nil }
            return file.offence(token.line, "'\(before)!'; unwrap it and handle its absence")
        }
    }
}

struct ForcedOperationsTests {
    private func lines(_ text: String) -> [Int] { ForcedOperations().lines(in: "Sources/A/B.swift", text) }

    @Test(arguments: ["try! f()", "a as! B", "a!.b", "f()!", "c[0]!", "var a: B!", "\"\\(a!)\""])
    func `forced`(text: String) {
        #expect(lines(text) == [1])
    }

    @Test(arguments: ["!a", "f(!a)", "a != b", "#if !DEBUG", "\"a!\" // b!", "[!a]", "a && !b", "return !a"])
    func `not forced`(text: String) {
        #expect(lines(text) == [])
    }
}
