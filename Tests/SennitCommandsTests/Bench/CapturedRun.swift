import Foundation
import SennitCommands
import Testing

/// A command that was run in this process, with what it wrote.
struct CapturedRun {
    let code: Int32
    let output: String
    let notes: String

    /// Runs a command line, whose words are split as a shell splits them.
    init(_ line: String) async {
        let output = KeptText()
        let notes = KeptText()
        let console = Console(output: OutputChannel(keepingIn: output), notes: OutputChannel(keepingIn: notes))
        code = await Console.$current.withValue(console) {
            await SennitProgram.run(ShellWords.split(line))
        }
        self.output = output.text
        self.notes = notes.text
    }

    /// The output's lines as JSON objects; fails the test if one is anything else.
    func objects() throws -> [[String: Any]] {
        try output.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    /// The figures of the only object.
    func figures() throws -> [String: Double] {
        let objects = try objects()
        try #require(objects.count == 1)
        return objects[0].compactMapValues { ($0 as? NSNumber)?.doubleValue }
    }
}

/// The words of a command line.
enum ShellWords {
    /// Splits at blanks; single quotes and backslashes keep what follows as it is.
    static func split(_ line: String) -> [String] {
        var words: [String] = []
        var word: [UInt8]?
        var isQuoted = false
        var isEscaped = false
        for byte in line.utf8 {
            if isEscaped || isQuoted && byte != UInt8(ascii: "'") {
                word = (word ?? []) + [byte]
                isEscaped = false
            } else if byte == UInt8(ascii: "'") {
                isQuoted.toggle()
                word = word ?? []
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: " ") {
                if let word { words.append(String(decoding: word, as: UTF8.self)) }
                word = nil
            } else {
                word = (word ?? []) + [byte]
            }
        }
        return words + (word.map { [String(decoding: $0, as: UTF8.self)] } ?? [])
    }
}
