package import ArgumentParser
import CloudPrices
package import DataChecksCommands
import EphemeralPostgres
import PostgresClient
import SennitCommands

/// `pscraper pgload`.
package struct LoadCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "pgload", abstract: "Load schema to local embedded postgres for testing",
        discussion: """
              > pscraper pgload --port 5377 --file price.sql

            Without a file it makes the tables that the scrapes fill. All of a file is loaded, or nothing: it runs in \
            one transaction, as with 'psql --single-transaction'.
            """,
        helpNames: [.short, .long])

    @OptionGroup package var connection: ConnectionOptions

    @Option(help: "A plain dump or any script that psql runs. (default: the price tables)")
    package var file: String?

    @Flag(help: "Run each statement on its own; needed for those that no transaction can hold, such as VACUUM.")
    package var noTransaction = false

    @Flag(help: "Print one JSON object.")
    package var json = false

    package init() {}

    @concurrent
    package func run() async throws {
        let connection = try PostgresConnection(try connection.parameters())
        defer { connection.close() }
        let script: PostgresScript = if let file { .file(file) } else { .text(PriceSchema.tables) }
        if !noTransaction { try connection.execute("BEGIN") }
        let result = try connection.run(script)
        if !noTransaction { try connection.execute("COMMIT") }
        try Console.current.show(
            LoadReport(source: file ?? "the price tables", statements: result.statements, rows: result.copiedRows),
            asJSON: json)
    }
}

/// What was loaded.
private struct LoadReport: Report {
    var source: String
    var statements: Int
    var rows: Int

    var title: String { "Loaded \(source)" }
    var figures: [Figure] { [Figure("statements", statements), Figure("rows copied", rows)] }
}
