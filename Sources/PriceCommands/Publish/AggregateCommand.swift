package import ArgumentParser
import CloudPrices
package import DataChecksCommands
import EphemeralPostgres
import PostgresClient
import PricePipeline
import SennitCommands

/// `pscraper aggregate`.
package struct AggregateCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "aggregate", abstract: "Add the dumps of several providers up to one database",
        discussion: """
              > pscraper aggregate --port 5377 aws.sql azure.sql gcp.sql

            Makes the price tables if they are not there, loads the rows of each dump, and makes the indexes. All \
            dumps are added up, or none: if a dump is broken, or its prices are there already, the command fails and \
            the database stays as it was. The counts are those of the table of prices.
            """,
        helpNames: [.short, .long])

    @OptionGroup package var connection: ConnectionOptions

    @Argument(help: "Plain dumps of the price tables.")
    package var dumps: [String]

    @Flag(help: "Print one JSON object.")
    package var json = false

    package init() {}

    @concurrent
    package func run() async throws {
        let connection = try PostgresConnection(try connection.parameters())
        defer { connection.close() }
        // Tables, rows and indexes are one transaction: what fails leaves nothing.
        try connection.execute("BEGIN")
        _ = try connection.run(.text(PriceSchema.tables))
        var rows: [String: Int] = [:]
        for dump in dumps {
            try Task.checkCancellation()
            let loaded = try DumpRows.load(dump, schema: PriceChecks.schema, into: connection)
            rows[dump] = try DumpRows.prices(in: loaded, of: dump)
        }
        _ = try connection.run(.text(PriceSchema.indexes))
        try connection.execute("COMMIT")
        try Console.current.show(AggregateReport(rows: rows), asJSON: json)
    }
}

/// What was added up.
private struct AggregateReport: Report {
    var rows: [String: Int]

    var title: String { "Added up" }

    var figures: [Figure] {
        rows.sorted { $0.key < $1.key }.map { Figure($0.key, $0.value, "rows") }
            + [Figure("all", rows.values.reduce(0, +), "rows")]
    }
}
