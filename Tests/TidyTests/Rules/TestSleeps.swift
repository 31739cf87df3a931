import Testing

struct TestSleeps: FileRule {
    var promise: String { "A test that sleeps on the real clock says why; a signal or a virtual clock is better." }

    func covers(_ file: RepositoryFile) -> Bool { file.isSwift && file.isUnder("Tests") }

    func offences(in file: RepositoryFile) -> [Offence] {
        let source = file.source
        return source.tokens.indices.compactMap { index in
            let token = source.tokens[index]
            guard token.text.hasSuffix("sleep"), isRealClock(index, in: source) else { return nil }
            let reason = source.comment(about: token.line)
            return reason.count >= 15 ? nil : file.offence(token.line, "sleeps without a comment that says why")
        }
    }

    private func isRealClock(_ index: Int, in source: SourceText) -> Bool {
        switch source.tokens[index].text {
        case "usleep", "nanosleep", "clock_nanosleep": true
        case "sleep" where source.token(index - 1).text == ".":
            ["Task", "Thread"].contains(source.token(index - 2).text)
        case "sleep": source.token(index + 1).text == "(" && source.token(index - 1).text != "func"
        default: false
        }
    }
}

struct TestSleepsTests {
    private func lines(_ text: String) -> [Int] { TestSleeps().lines(in: "Tests/ATests/B.swift", text) }

    @Test(arguments: ["try await Task.sleep(for: .seconds(1))", "usleep(5)", "sleep(1)", "Thread.sleep(1)"])
    func `a sleep without a reason`(text: String) {
        #expect(lines(text) == [1])
        #expect(lines("// The kernel offers no signal for this state.\n" + text) == [])
    }

    @Test func `virtual clocks may sleep`() {
        #expect(lines("try await clock.sleep(for: .seconds(1))\nfunc sleep() {}") == [])
    }
}
