import ArgumentParser
import ByteText
import CloudPrices
import PostgresClient
import Sennit

/// `sennit bench prices`: reads one AWS offer file, and loads it into Postgres if asked.
struct PricesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prices",
        abstract: "Read an AWS offer file to rows, and load them if a database is given.",
        discussion: """
            The sum of all prices is exact, whatever their units: a checksum of what was read. Memory is what no other \
            process shares, after the run.
            """,
        shouldDisplay: false)

    @Argument(help: "An offer file, JSON or CSV by its name.")
    var file: String

    @Flag(help: "On-demand prices alone.")
    var onDemandOnly = false

    @Option(help: "Load into the database whose Unix socket is in this directory; prices that are in it go.")
    var socket: String?

    @OptionGroup var report: ReportOptions

    @concurrent
    func run() async throws {
        var selection = ProviderSelection.everything
        if onDemandOnly { selection.terms = [.onDemand] }
        var scraper = AWSScraper(selection: selection)
        if file.bytes.hasEnd(".csv") { scraper.format = .csv }
        let source = try FileByteSource(path: file)
        let pid = ProcessIdentity.current
        let (watch, used) = (Stopwatch(), ProcessUse.processorSeconds(of: [pid]))
        let (summary, sum) = try read(source, with: scraper)
        let seconds = watch.milliseconds / 1000
        let figures = PricesReport(
            rows: summary.rows, bytes: summary.bytes, sum: sum, seconds: seconds,
            processorSeconds: ProcessUse.processorSeconds(of: [pid]) - used, memoryMB: ProcessUse.of([pid]).uniqueMiB)
        try Console.current.show(figures, asJSON: report.json)
    }

    private func read(_ source: any ByteSource, with scraper: AWSScraper) throws -> (ScrapeSummary, String) {
        guard let socket else {
            let sink = CountingSink()
            let summary = try scraper.scrape(file: source, path: file, into: sink)
            return (summary, sink.sum.text)
        }
        let parameters = PostgresParameters(host: socket, user: "postgres", database: "postgres")
        let connection = try PostgresConnection(parameters)
        defer { connection.close() }
        try connection.execute(PriceSchema.tables)
        let sink = try PostgresPriceSink(parameters)
        let summary = try scraper.scrape(file: source, path: file, into: sink)
        try sink.finish()
        let sum = try connection.query("SELECT sum(price) FROM api_price.infra_price").first?[0]
        return (summary, sum ?? "0")
    }
}

/// What reading a price list took.
private struct PricesReport: Report {
    var rows: Int
    var bytes: Int
    var sum: String
    var seconds: Double
    var processorSeconds: Double
    var memoryMB: Double

    var title: String { "An AWS offer file to rows" }

    var figures: [Figure] {
        [
            Figure("rows", rows), Figure("bytes", bytes), Figure("sum of prices", text: sum),
            Figure("time", seconds, places: 3, "s"), Figure("processor time", processorSeconds, places: 3, "s"),
            Figure("rows a second", Double(rows) / seconds, places: 0),
            Figure("bytes a second", Double(bytes) / seconds / 1_048_576, places: 0, "MiB"),
            Figure("memory", memoryMB, places: 1, "MiB"),
        ]
    }
}
