public import CloudPrices
import Foundation
public import PostgresClient
import Synchronization

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
    /// A folder that keeps what is read; a scrape that fails adds nothing to it.
    public var recording: String?
    /// When the list was taken, to be merged into the history of prices in the same transaction; nil merges nothing.
    public var historyAt: PriceInstant?
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
        try await loadAndMerge(into: parameters, environment: environment, progress: progress).summary
    }

    /// Does as ``load(into:environment:progress:)``, and says what the merge into the history did, if there was one.
    package func loadAndMerge(
        into parameters: PostgresParameters, environment: [String: String], progress: ScrapeProgress
    ) async throws -> (summary: ScrapeSummary, change: PriceHistory.Change?) {
        try checkTables(parameters)
        let change = Mutex<PriceHistory.Change?>(nil)
        let summary = try await RecordingFolder.recording(to: recording) { recording in
            try await read(into: parameters, environment, recording, progress) { connection in
                guard let historyAt else { return }
                let merged = try PriceHistory.mergeInTransaction(
                    connection, feed: provider.rawValue, takenAt: historyAt)
                change.withLock { $0 = merged }
            }
        }
        return (summary, change.withLock(\.self))
    }

    private func read(
        into parameters: PostgresParameters, _ environment: [String: String], _ recording: String?,
        _ progress: ScrapeProgress, beforeCommit: @escaping @Sendable (PostgresConnection) throws -> Void
    ) async throws -> ScrapeSummary {
        try await origin.open(
            for: provider, environment: environment, recordingTo: recording, cache: cache
        ) { origin in
            let sink = try PostgresPriceSink(
                parameters, mode: keepsRows ? .append : .replaceRows(of: provider), beforeCommit: beforeCommit)
            do {
                var summary = try await scraper().scrape(from: origin, into: sink, progress: progress)
                guard summary.rows > 0 else {
                    let nothing = PriceProblem(
                        .noPrices, "not one price was found that the selection keeps", provider: provider,
                        advice: "Check its services, regions and terms; the table is as it was.")
                    guard !summary.leftOut.isEmpty else { throw nothing }
                    var problems = summary.leftOut
                    problems.record(nothing)
                    throw problems
                }
                // Offers that were taken back are not counted by their rows.
                summary.rows = try sink.finish()
                return summary
            } catch {
                sink.cancel()
                throw error
            }
        }
    }

    /// A database that cannot be used is told before anything is fetched.
    private func checkTables(_ parameters: PostgresParameters) throws {
        do {
            let connection = try PostgresConnection(parameters)
            defer { connection.close() }
            try connection.execute("SELECT FROM \(PriceChecks.table) LIMIT 0")
            if let historyAt {
                try PriceHistory.checkOrder(connection, feed: provider.rawValue, takenAt: historyAt)
            }
        } catch let problem as PriceProblem {
            throw problem
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
