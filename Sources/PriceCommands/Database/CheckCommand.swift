package import ArgumentParser
import DataChecks
import Foundation
import PostgresClient
import PricePipeline
import SennitCommands

/// `pscraper check`.
package struct CheckCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check scraped prices before they are trusted",
        discussion: """
            Runs checks that must hold of any prices, and those of the SodaCL files that are named.

            Exit codes: 0 when all passed, 1 with warnings, 2 with failures, 3 where a check could not be made.
            """,
        helpNames: [.short, .long])

    @OptionGroup package var connection: ConnectionOptions

    @Argument(help: "Files of checks, in addition to the general ones.")
    package var files: [String] = []

    @Flag(help: "Run the files alone.")
    package var only = false

    @Flag(help: "Print the report as one JSON object.")
    package var json = false

    package init() {}

    package func validate() throws {
        if only, files.isEmpty { throw ValidationError("--only needs at least one file of checks.") }
    }

    @concurrent
    package func run() async throws {
        let connection = try PostgresConnection(try connection.parameters())
        defer { connection.close() }
        let environment = ProcessInfo.processInfo.environment
        var run = PriceChecks.run(with: files, variables: environment)
        if only { run.files.removeFirst() }
        let report = run.run(on: connection)
        try Console.current.output.line(json ? report.json() : report.text)
        if report.exitCode != 0 { throw ExitCode(report.exitCode) }
    }
}
