package import ArgumentParser
package import CloudPrices
package import DataChecksCommands
import Foundation
package import PricePipeline
import SennitCommands

/// What every scrape can be told.
package struct ScrapeOptions: ParsableArguments {
    @OptionGroup package var connection: ConnectionOptions

    @Option(
        help: """
            A server in the provider's place, such as one that 'pscraper mock' runs. It is sent the key of Google's \
            catalog over https or on this machine only.
            """)
    package var root: String?

    @Option(help: "Read what --record has kept, without a network.")
    package var fixture: String?

    @Option(help: "Keep what is read in this folder.")
    package var record: String?

    @Option(help: "Keep copies of lists in this folder, and fetch those alone that have changed.")
    package var cache: String?

    @Option(help: "A YAML file that says what is read: services, regions, terms, families. (default: everything)")
    package var filter: String?

    @Flag(help: "Add to the rows that are there, in place of replacing them.")
    package var append = false

    @Option(
        help: """
            Also merge the list into api_price.price_history, as what held at this moment: a day, a time in UTC, or \
            'now'. Lists are merged in the order of their moments; one out of order fails, and nothing is changed.
            """)
    package var asOf: String?

    @Flag(help: "Print one JSON object.")
    package var json = false

    package init() {}

    package func validate() throws {
        if asOf != nil, append {
            throw ValidationError("--as-of excludes --append: a price that the list does not have has ended.")
        }
        _ = try asOf.map { try Self.moment($0, option: "--as-of") }
        if root != nil, fixture != nil { throw ValidationError("--root and --fixture exclude each other.") }
        if cache != nil, fixture != nil || record != nil {
            throw ValidationError("--cache excludes --fixture and --record.")
        }
    }

    /// The scrape that is asked for.
    package func scrape(_ provider: CloudProvider) throws -> ProviderScrape {
        let origin: PriceOrigin =
            if let root { .mirror(root) } else if let fixture { .recording(fixture) } else { .live }
        let selection = try filter.map { try PriceSelectionText(contentsOf: $0).selection(for: provider) }
        var scrape = ProviderScrape(provider, from: origin, selection: selection ?? .everything)
        scrape.keepsRows = append
        scrape.recording = record
        scrape.cache = cache
        scrape.historyAt = try asOf.map { try Self.moment($0, option: "--as-of") }
        return scrape
    }

    /// A moment as people write it.
    package static func moment(_ text: String, option: String) throws -> PriceInstant {
        if text == "now" { return .now }
        guard let moment = PriceInstant(text) else {
            throw ValidationError("\(option) \(text): it is a day such as 2026-11-24, a time in UTC, or 'now'.")
        }
        return moment
    }

    /// Scrapes with live progress, and prints what came.
    @concurrent
    package func run(_ scrape: ProviderScrape) async throws {
        let console = Console.current
        let meter = RowMeter("\(scrape.provider)", on: console.notes)
        let parameters = try connection.parameters()
        let (summary, change): (ScrapeSummary, PriceHistory.Change?)
        do {
            (summary, change) = try await scrape.loadAndMerge(
                into: parameters, environment: ProcessInfo.processInfo.environment,
                progress: ScrapeProgress { meter.update(rows: $0.rows, bytes: $0.bytes) })
        } catch {
            meter.clear()
            throw error
        }
        meter.clear()
        for sample in summary.leftOut.samples { try console.notes.line("left out: \(sample)") }
        for notice in summary.notices { try console.notes.line("\(notice)") }
        try console.show(ScrapeReport(scrape.provider, summary, change), asJSON: json)
    }
}
