/// One text file of the repository, with the views of it that rules ask for.
struct RepositoryFile {
    /// The path from the root of the repository, with `/` between its parts.
    let path: String
    let text: String
    let isExecutable: Bool
    let lines: [Substring]
    /// The file's tokens and comments, if it is Swift or C; empty otherwise.
    let source: SourceText

    init(_ path: String, _ text: String, isExecutable: Bool = false) {
        self.path = path
        self.text = text
        self.isExecutable = isExecutable
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let isCode = path.hasSuffix(".swift") || path.hasSuffix(".c") || path.hasSuffix(".h")
        source = SourceText(isCode ? text : "")
    }

    var isSwift: Bool { path.hasSuffix(".swift") }
    var isCode: Bool { isSwift || path.hasSuffix(".c") || path.hasSuffix(".h") }
    var isMarkdown: Bool { path.hasSuffix(".md") }

    /// The last part of the path.
    var name: Substring { path.split(separator: "/").last ?? "" }

    func isUnder(_ folder: String) -> Bool { path.hasPrefix(folder + "/") }

    func offence(_ line: Int, _ message: String) -> Offence {
        Offence(path: path, line: line, message: message)
    }
}

/// A place where a rule does not hold.
struct Offence: Equatable, CustomStringConvertible {
    var path: String
    var line: Int
    var message: String

    var description: String { "\(path):\(line): \(message)" }
}
