public import ArgumentParser
import DataChecks
import Foundation
import PostgresClient

/// Runs files of checks on a database: a program of its own, or a subcommand of another one.
public struct CheckCommand: ParsableCommand {
    /// How the command is called and explained.
    public static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check tables of a Postgres database against files in SodaCL.",
        discussion: """
            Ends with 0 if all checks passed, 1 if one warned, 2 if one failed, 3 if one could not be run or is not \
            understood. Variables in the files, such as ${REGION}, have the values of --variable, else of the \
            environment.
            """)

    @Argument(help: "Files of checks.", completion: .file(extensions: ["yml", "yaml"]))
    var files: [String]

    @Option(help: "The server's host, or the directory of its Unix socket.")
    var host = "localhost"

    @Option(help: "The server's port.")
    var port = 5432

    @Option(help: "The role to connect as.")
    var user = "postgres"

    @Option(help: "The database.")
    var database = "postgres"

    @Option(help: "The schema in which tables are looked for.")
    var schema: String?

    @Option(help: ArgumentHelp("A variable of the files, as NAME=VALUE; can be given again.", valueName: "name=value"))
    var variable: [String] = []

    @Option(help: "A JSON file of what earlier runs measured, for checks of change; this run is added to it.")
    var history: String?

    @Option(help: "The most rows that are shown for a check; 0 for none.")
    var samples = 100

    @Flag(help: "Print one JSON object and nothing else.")
    var json = false

    /// Makes the command without arguments; the parser fills them in.
    public init() {}

    /// Refuses arguments that make no sense.
    public func validate() throws {
        guard !files.isEmpty else { throw ValidationError("Name a file of checks.") }
        for text in variable where !text.dropFirst().contains("=") || text.hasPrefix("=") {
            throw ValidationError("--variable \(text) is not of the form NAME=VALUE.")
        }
        guard (1...65_535).contains(port) else {
            throw ValidationError("--port is \(port); it must be from 1 to 65535.")
        }
        guard (0...1000).contains(samples) else {
            throw ValidationError("--samples is \(samples); it must be from 0 to 1000.")
        }
    }

    /// Runs the checks and prints the report.
    ///
    /// - Throws: `ExitCode` with the report's status unless that is 0.
    public func run() throws {
        let report = try report()
        print(json ? try report.json() : report.text)
        if report.exitCode != 0 { throw ExitCode(report.exitCode) }
    }

    private func report() throws -> CheckReport {
        let variables = values
        var options = CheckRun.Options()
        options.schema = schema
        options.maximumSamples = samples
        do {
            var past = try history.map { path throws(CheckProblem) in try MetricsHistory.load(path) }
            let run = CheckRun(
                files.map { CheckFile.load($0, variables: variables) }, options: options, history: past)
            let connection = try PostgresConnection(
                PostgresParameters(host: host, port: port, user: user, database: database))
            defer { connection.close() }
            let report = run.run(on: connection)
            past?.append(report)
            if let history { try past?.save(history) }
            return report
        } catch {
            FileHandle.standardError.write(Data("check: \(error)\n".utf8))
            throw ExitCode(3)
        }
    }

    private var values: [String: String] {
        let given = variable.map { text in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), String(parts[1]))
        }
        return ProcessInfo.processInfo.environment.merging(given) { $1 }
    }
}
