import Testing

struct CoreImports: FileRule {
    var promise: String {
        "The executor imports neither Foundation nor Dispatch, but by a trait: its workers stay small."
    }

    private static let heavy: Set<String> = [
        "Foundation", "FoundationEssentials", "FoundationNetworking", "FoundationInternationalization", "Dispatch",
    ]

    func covers(_ file: RepositoryFile) -> Bool { file.isSwift && file.isUnder("Sources/Sennit") }

    func offences(in file: RepositoryFile) -> [Offence] {
        let source = file.source
        // A program that wants it small leaves the trait out, and with it all that the file holds.
        guard file.lines.first(where: { !$0.hasPrefix("//") }) != "#if FoundationErrors" else { return [] }
        return source.tokens.indices.compactMap { index in
            guard source.tokens[index].text == "import", source.token(index - 1).text != "." else { return nil }
            // `import struct Foundation.Date` names the module second.
            let module = [1, 2].map { source.token(index + $0) }
                .first { $0.line == source.tokens[index].line && Self.heavy.contains($0.text) }
            return module.map { file.offence($0.line, "imports \($0.text)") }
        }
    }
}

struct CoreImportsTests {
    @Test(arguments: ["import Foundation", "public import struct Foundation.Date", "@preconcurrency import Dispatch"])
    func `a heavy import`(text: String) {
        #expect(CoreImports().lines(in: "Sources/Sennit/Pool/A.swift", text) == [1])
    }

    @Test func `a file of a trait`() {
        #expect(
            CoreImports().lines(
                in: "Sources/Sennit/A.swift", "// Why.\n#if FoundationErrors\nimport Foundation\n#endif") == [])
        #expect(
            CoreImports().lines(in: "Sources/Sennit/A.swift", "import Foundation\n#if FoundationErrors\n#endif") == [1])
    }

    @Test func `others are free`() {
        #expect(CoreImports().lines(in: "Sources/Sennit/A.swift", "import Glibc\nlet a = Foundation.b") == [])
        #expect(CoreImports().lines(in: "Sources/SennitCommands/A.swift", "import Foundation") == [])
    }
}
