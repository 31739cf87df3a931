import ArgumentParser
import CloudPrices
import PostgresClient

/// `sennit bench prices`: reads one AWS offer file, and loads it into Postgres if asked.
struct PricesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prices",
        abstract: "Read an AWS offer file to rows, and load them if a database is given.",
        discussion: """
            The sum of all prices, as an exact decimal, is a checksum of what was read. Memory is what this process alone \
            holds at its highest.
            """,
        shouldDisplay: false)

    @Argument(help: "An offer file, JSON or CSV by its name.")
    var file: String

    @Flag(help: "On-demand prices alone.")
    var onDemandOnly = false

    @Option(help: "Load into the database at this Unix socket's directory, which is emptied of prices first.")
    var socket: String?

    @Option(help: "The port of the socket.")
    var port = 5432

    @Option(help: "The role, which owns a database of the same name.")
    var user = "postgres"

    @OptionGroup var report: ReportOptions

    func run() async throws {
        var selection = ProviderSelection.everything
        if onDemandOnly { selection.terms = [.onDemand] }
        var scraper = AWSScraper(selection: selection)
        if file.hasSuffix(".csv") { scraper.format = .csv }
        let source = try FileByteSource(path: file)
        let clock = ContinuousClock()
        let start = clock.now
        let processor = ProcessorTime.ofThisProcess
        let counting = CountingSink()
        let summary: ScrapeSummary
        if let socket {
            let parameters = PostgresParameters(host: socket, port: port, user: user, database: user)
            let connection = try PostgresConnection(parameters)
            try connection.execute(PriceSchema.tables)
            let sink = try PostgresPriceSink(parameters)
            summary = try scraper.scrape(file: source, path: file, into: sink)
            try sink.finish()
        } else {
            summary = try scraper.scrape(file: source, path: file, into: counting)
        }
        let elapsed = start.duration(to: clock.now) / .seconds(1)
        let used = ProcessorTime.ofThisProcess - processor
        print("rows \(summary.rows) sum \(counting.sum) bytes \(summary.bytes) seconds \(elapsed) cpu \(used)")
    }
}
