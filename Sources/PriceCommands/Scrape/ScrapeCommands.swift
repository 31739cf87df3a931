package import ArgumentParser
import CloudPrices
import PricePipeline

/// `pscraper awsscrape`.
package struct AWSScrapeCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "awsscrape", abstract: "Scrape prices from AWS",
        discussion: "Reads the offer files that AWS publishes; needs no key. The tables must be there: see 'pgload'.",
        helpNames: [.short, .long])

    @OptionGroup package var options: ScrapeOptions

    @Flag(help: "Read the lists of the regions in China, in CNY.")
    package var china = false

    @Flag(help: "Read the offers as CSV, in place of JSON, as the sample lists are.")
    package var csv = false

    @Option(help: "Read the version of each list that was in force at this moment: a day, or a time in UTC.")
    package var inForce: String?

    package init() {}

    package func validate() throws {
        _ = try inForce.map { try ScrapeOptions.moment($0, option: "--in-force") }
    }

    @concurrent
    package func run() async throws {
        var scrape = try options.scrape(.aws)
        scrape.inForceAt = try inForce.map { try ScrapeOptions.moment($0, option: "--in-force") }
        scrape.readsChina = china
        scrape.readsCSV = csv
        try await options.run(scrape)
    }
}

/// `pscraper azurescrape`.
package struct AzureScrapeCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "azurescrape", abstract: "Scrape prices from Azure",
        discussion: "Reads the Retail Prices API page by page; needs no key.", helpNames: [.short, .long])

    @OptionGroup package var options: ScrapeOptions

    package init() {}

    @concurrent
    package func run() async throws { try await options.run(options.scrape(.azure)) }
}

/// `pscraper gcpscrape`.
package struct GoogleCloudScrapeCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "gcpscrape", abstract: "Scrape prices from GCP - set env GCP_BILLING_KEY",
        discussion: "Reads the Cloud Billing Catalog. Its key is sent in a header and is never printed.",
        helpNames: [.short, .long])

    @OptionGroup package var options: ScrapeOptions

    package init() {}

    @concurrent
    package func run() async throws { try await options.run(options.scrape(.googleCloud)) }
}
