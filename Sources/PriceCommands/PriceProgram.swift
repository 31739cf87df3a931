package import ArgumentParser
import SennitCommands

/// The `pscraper` program from its first statement to its exit.
public enum PriceProgram {
    /// Runs the command that the arguments ask for, and ends the process with its exit code.
    @concurrent
    public static func main() async -> Never { await SennitProgram.main(PriceRootCommand.self) }
}

/// `pscraper`: the command that holds all others.
package struct PriceRootCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "pscraper",
        abstract: "price-scraper: prices of AWS, Azure and Google Cloud, in Postgres.",
        discussion: """
            Each step of a price pipeline by hand. In one terminal:

              pscraper mock                            serve the sample lists, without a network
              pscraper pgembed                         a private Postgres; prints its port

            and in another, with the ports that those print:

              pscraper pgload --port 5377              make the price tables
              pscraper awsscrape --port 5377 --root http://127.0.0.1:8080 --csv --filter Samples/selection.yml
              pscraper check --port 5377               check what came
              pscraper pgdump --port 5377 --file price.sql

            'sennit run prices' does all of it for three providers at once.

            Exit codes: 0 for success, 1 for a failure, 64 for arguments that make no sense, 130 after Ctrl-C; of \
            'check' 1 for a warning, 2 for a failure, 3 where a check could not be made.
            """,
        version: "0.1.0",
        subcommands: [
            AWSScrapeCommand.self, AzureScrapeCommand.self, DeleteOldCommand.self, GoogleCloudScrapeCommand.self,
            DumpCommand.self, EmbedCommand.self, LoadCommand.self, CheckCommand.self, AggregateCommand.self,
            MockCommand.self, EstimateCommand.self,
        ],
        helpNames: [.short, .long])

    package init() {}
}
