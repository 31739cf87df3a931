import Foundation
import SennitCommands
import Testing

/// A command that was run in this process, with what it wrote.
struct CapturedRun {
    let code: Int32
    let output: String
    let notes: String

    /// Runs a command line of words without blanks.
    init(_ line: String) async {
        let output = KeptText()
        let notes = KeptText()
        let console = Console(output: OutputChannel(keepingIn: output), notes: OutputChannel(keepingIn: notes))
        code = await Console.$current.withValue(console) {
            await SennitProgram.run(line.split(separator: " ").map(String.init))
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
