public import CloudPrices
public import PostgresClient

/// One provider's prices, read into the price table of a database.
public struct ProviderScrape: Sendable {
    /// Whose prices.
    public var provider: CloudProvider
    /// Where they are read from.
    public var origin: PriceOrigin
    /// What is read of them.
    public var selection: ProviderSelection
    /// Whether the provider's rows that are in the table already stay; those of others always do.
    public var keepsRows = false
    /// Whether AWS's lists of China are read, in place of all others.
    public var readsChina = false
    /// Whether AWS's offers are read as CSV, in place of JSON; the samples have no other form.
    public var readsCSV: Bool
    /// Which version of each of AWS's lists is read: the one that was in force then; nil for the current one.
    public var inForceAt: PriceInstant?
    /// A folder that keeps what is read.
    public var recording: String?
    /// A folder with copies of lists, of which only those that have changed are fetched.
    public var cache: String?

    /// Makes a scrape that replaces what the table holds of the provider.
    public init(_ provider: CloudProvider, from origin: PriceOrigin, selection: ProviderSelection) {
        self.provider = provider
        self.origin = origin
        self.selection = selection
        if case .samples = origin { readsCSV = true } else { readsCSV = false }
    }

    /// Reads, and loads while reading; what is read is there as a whole or not at all.
    ///
    /// The tables of `PriceSchema` must be there.
    ///
    /// - Parameters:
    ///   - parameters: The database.
    ///   - environment: Where the key of Google Cloud's catalog is looked up.
    ///   - progress: Told after each block of input, on the scraper's thread.
    /// - Returns: What was read.
    /// - Throws: `PriceProblems` or `PriceProblem`, also when not one price was found; `CancellationError`. The table
    ///   is then as it was.
    @discardableResult
    public func load(
        into parameters: PostgresParameters, environment: [String: String] = [:], progress: ScrapeProgress = .none
    ) async throws -> ScrapeSummary {
        try Self.checkTables(parameters)
        return try await origin.open(
            for: provider, environment: environment, recordingTo: recording, cache: cache
        ) { origin in
            let sink = try PostgresPriceSink(parameters, mode: keepsRows ? .append : .replaceRows(of: provider))
            do {
                let summary = try await scraper().scrape(from: origin, into: sink, progress: progress)
                guard summary.rows > 0 else {
                    throw PriceProblem(
                        .noPrices, "not one price was found that the selection keeps", provider: provider,
                        advice: "Check its services, regions and terms; the table is as it was.")
                }
                try sink.finish()
                return summary
            } catch {
                sink.cancel()
                throw error
            }
        }
    }

    /// A database that cannot be used is told before anything is fetched.
    private static func checkTables(_ parameters: PostgresParameters) throws {
        do {
            let connection = try PostgresConnection(parameters)
            defer { connection.close() }
            try connection.execute("SELECT FROM \(PriceChecks.table) LIMIT 0")
        } catch {
            throw PriceProblem(
                .outputFailed, "the database cannot take prices: \(error)", advice: PriceSchema.advice(about: error))
        }
    }

    private func scraper() -> any Scraper {
        switch provider {
        case .azure: return AzureScraper(selection: selection)
        case .googleCloud: return GoogleCloudScraper(selection: selection)
        default:
            var scraper = AWSScraper(selection: selection)
            if readsChina { scraper.partition = .china }
            if readsCSV { scraper.format = .csv }
            scraper.effectiveAt = inForceAt
            return scraper
        }
    }
}
