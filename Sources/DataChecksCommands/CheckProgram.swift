import ArgumentParser
import Foundation
import TerminalOutput

/// The `sennit-check` program from its first statement to its exit.
public enum CheckProgram {
    /// Runs the command that the arguments ask for, and ends the process with its exit code.
    public static func main() -> Never {
        do {
            var command = try CheckCommand.parseAsRoot()
            try command.run()
            exit(0)
        } catch {
            let code = CheckCommand.exitCode(for: error).rawValue
            let message = CheckCommand.fullMessage(for: error)
            if !message.isEmpty { write(message, to: code == 0 ? .standardOutput : .standardError) }
            exit(code)
        }
    }

    /// Writes a line of text, and nothing that a terminal would obey.
    static func write(_ text: String, to file: FileHandle) {
        try? file.write(contentsOf: Data("\(TerminalOutput.clean(text))\n".utf8))
    }
}
