import Testing

struct PlatformConditions: FileRule {
    var promise: String { "Only files in a Platform folder ask which system they are built for." }

    func covers(_ file: RepositoryFile) -> Bool {
        file.isSwift && file.isUnder("Sources/Sennit") && !file.path.contains("/Platform/")
    }

    func offences(in file: RepositoryFile) -> [Offence] {
        let source = file.source
        return source.tokens.indices.compactMap { index in
            guard source.tokens[index].text == "#", ["if", "elseif"].contains(source.token(index + 1).text) else {
                return nil
            }
            let line = source.tokens[index].line
            let question = source.tokens[(index + 2)...].prefix { $0.line == line }
                .first { ["os", "canImport"].contains($0.text) }
            return question.map { file.offence(line, "'#if \($0.text)(' outside a Platform folder") }
        }
    }
}

struct PlatformConditionsTests {
    private func lines(_ path: String, _ text: String) -> [Int] { PlatformConditions().lines(in: path, text) }

    @Test func `a question outside`() {
        #expect(
            lines("Sources/Sennit/Pool/A.swift", "#if os(Linux)\n#elseif !DEBUG && canImport(Darwin)\n#endif") == [
                1, 2,
            ])
    }

    @Test func `other conditions, and the folder itself`() {
        #expect(lines("Sources/Sennit/Pool/A.swift", "#if DEBUG\nif os(1) {}\n#endif") == [])
        #expect(lines("Sources/Sennit/Platform/A.swift", "#if os(Linux)") == [])
    }
}
