public import ArgumentParser
import DataChecks
import Foundation

/// Runs files of checks on a database: a program of its own, or a subcommand of another one.
public struct CheckCommand: ParsableCommand {
    /// How the command is called and explained.
    public static let configuration = CommandConfiguration(
        commandName: "sennit-check",
        abstract: "Check tables of a Postgres database against files in SodaCL.",
        discussion: CheckOptions.statuses)

    @Argument(help: "Files of checks.", completion: .file(extensions: ["yml", "yaml"]))
    var files: [String]

    @OptionGroup var connection: ConnectionOptions

    @Option(help: "The schema in which tables are looked for.")
    var schema: String?

    @OptionGroup var checks: CheckOptions

    /// Makes the command without arguments; the parser fills them in.
    public init() {}

    /// Refuses arguments that make no sense.
    public func validate() throws {
        guard !files.isEmpty else { throw ValidationError("Name a file of checks.") }
    }

    /// Runs the checks and prints the report.
    ///
    /// - Throws: `ExitCode` with the report's status unless that is 0.
    public func run() throws {
        let output = { CheckProgram.write($0, to: .standardOutput) }
        try checks.run(on: try connection.parameters(), schema: schema, output: output) { note in
            CheckProgram.write(note, to: .standardError)
        } files: { variables in
            files.map { CheckFile.load($0, variables: variables) }
        }
    }
}
