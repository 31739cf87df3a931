import Testing

/// Programs write through a channel that lets nothing but text reach a terminal.
struct TerminalWriting: FileRule {
    var promise: String { "Programs write to the terminal through a channel that writes control characters out." }

    private static let folders = ["SennitCommands", "PriceCommands", "DataChecksCommands"].map { "Sources/\($0)/" }
    /// Where the channels are made.
    private static let channels = [
        "Sources/SennitCommands/Platform/StandardStream.swift", "Sources/SennitCommands/Output/Console.swift",
        "Sources/DataChecksCommands/CheckProgram.swift",
    ]

    func covers(_ file: RepositoryFile) -> Bool {
        file.isSwift && Self.folders.contains { file.path.hasPrefix($0) } && !Self.channels.contains(file.path)
    }

    func offences(in file: RepositoryFile) -> [Offence] {
        let source = file.source
        return source.tokens.indices.compactMap { index in
            let token = source.tokens[index]
            let isOffence =
                switch token.text {
                case "print", "debugPrint", "dump", "fputs", "puts", "putchar", "printf":
                    source.token(index + 1).text == "(" && ![".", "func"].contains(source.token(index - 1).text)
                case "standardOutput", "standardError": source.token(index - 2).text == "FileHandle"
                default: false
                }
            return isOffence ? file.offence(token.line, "'\(token.text)' writes past the console") : nil
        }
    }
}

struct TerminalWritingTests {
    private func lines(_ text: String, in path: String = "Sources/PriceCommands/A.swift") -> [Int] {
        TerminalWriting().lines(in: path, text)
    }

    @Test(arguments: ["print(x)", "fputs(x, stderr)", "FileHandle.standardError.write(data)", "debugPrint(x)"])
    func `what writes past the console`(text: String) {
        #expect(lines(text) == [1])
        #expect(lines(text, in: "Sources/SennitCommands/Run/A.swift") == [1])
        #expect(lines(text, in: "Sources/Sennit/Run/A.swift") == [])
    }

    @Test func `what writes through it`() {
        #expect(lines("try Console.current.output.line(x)\nfunc print(_ a: Int) {}\nlines.print(x, above: y)") == [])
    }
}
