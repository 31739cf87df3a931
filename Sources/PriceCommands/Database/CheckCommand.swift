package import ArgumentParser
package import DataChecksCommands
import PricePipeline
import SennitCommands

/// `pscraper check`: what `sennit-check` does, on the price tables and with the checks that any prices must pass.
package struct CheckCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check scraped prices before they are trusted",
        discussion: """
            Runs checks that must hold of any prices, and those of the SodaCL files that are named.

              > pscraper check --port 5377 price_aws_checks.yml

            \(CheckOptions.statuses)
            """,
        helpNames: [.short, .long])

    @OptionGroup package var connection: ConnectionOptions

    @Argument(
        help: "Files of checks, in addition to the general ones.", completion: .file(extensions: ["yml", "yaml"]))
    package var files: [String] = []

    @Flag(help: "Run the files alone.")
    package var only = false

    @OptionGroup package var checks: CheckOptions

    package init() {}

    package func validate() throws {
        if only, files.isEmpty { throw ValidationError("--only needs at least one file of checks.") }
    }

    @concurrent
    package func run() async throws {
        let console = Console.current
        try checks.run(
            on: try connection.parameters(), schema: PriceChecks.schema, output: { try console.output.line($0) },
            notes: { try console.notes.line("pscraper \($0)") },
            files: { PriceChecks.files(files, variables: $0, withGeneral: !only) })
    }
}
