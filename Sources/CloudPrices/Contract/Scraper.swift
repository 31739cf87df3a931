/// Reads one provider's price lists into rows.
///
/// Every provider has one. It fetches documents from a `PriceListOrigin`, leaves out what the selection does not want
/// while it reads, and gives each price to the sink as one row.
public protocol Scraper: Sendable {
    /// Whose prices it reads.
    static var provider: CloudProvider { get }

    /// Reads all that the selection wants.
    ///
    /// It blocks its thread while it parses. When the task is cancelled it ends within one block of input, with
    /// `CancellationError`.
    /// - Returns: what was read, once every document is through.
    /// - Throws: `PriceProblems` when rows had unknown units, regions or currencies or broken prices: by then the whole
    ///   list has been read and all of them are counted. `PriceProblem` for what ends the run at once: malformed input,
    ///   a failed connection, a sink that failed.
    func scrape(from origin: any PriceListOrigin, into sink: any PriceSink, progress: ScrapeProgress) async throws
        -> ScrapeSummary
}

/// Where a provider's documents come from: its servers, a local mirror in the same layout, a recorded fixture.
public protocol PriceListOrigin: Sendable {
    /// Opens a document.
    ///
    /// - Parameter path: its path and query below the provider's root, as the provider's own indexes write it:
    ///   `/offers/v1.0/aws/index.json`.
    /// - Returns: its bytes, decompressed.
    /// - Throws: `PriceProblem` with code `inputFailed`.
    func open(_ path: String) async throws -> any ByteSource
}

/// What a scraper calls as it goes on.
public struct ScrapeProgress: Sendable {
    /// What is told after each block of input.
    public struct Report: Sendable, Hashable {
        /// The document that is being read.
        public var document: String
        /// Rows so far, over all documents.
        public var rows: Int
        /// Bytes read so far, over all documents, after decompression.
        public var bytes: Int
    }

    private let report: @Sendable (Report) -> Void

    /// Makes one that calls a function on the scraper's thread; it should return soon.
    public init(_ report: @escaping @Sendable (Report) -> Void) { self.report = report }

    /// Tells nobody.
    public static let none = ScrapeProgress { _ in }

    /// Tells how far it is.
    public func update(_ value: Report) { report(value) }
}

/// What a scraper read.
public struct ScrapeSummary: Sendable, Hashable {
    /// Rows given to the sink.
    public var rows = 0
    /// Bytes read, after decompression.
    public var bytes = 0
    /// Documents read.
    public var documents: [PriceSourceDocument] = []
    /// Products that the selection kept.
    public var productsKept = 0
    /// Products that it left out.
    public var productsLeftOut = 0
    /// Kept products for which no price came.
    public var productsWithoutPrices = 0
    /// Prices whose product is not in the list.
    public var pricesWithoutProduct = 0
    /// Rows left out since another document or page had them already.
    public var duplicates = 0
    /// What was left out since it could not be read, as far as ``ReadingRules`` let it: counts and samples.
    public var leftOut = PriceProblems()
    /// What is no fault and may not be what was meant, such as a name in the selection that nothing has.
    public var notices: [PriceProblem] = []

    /// Makes an empty summary.
    public init() {}
}
