import CloudPrices
import SennitCommands

/// What a scrape read.
struct ScrapeReport: Report {
    var provider: String
    var rows: Int
    var bytes: Int
    var documents: Int
    var productsKept: Int
    var productsLeftOut: Int
    var productsWithoutPrices: Int
    var pricesWithoutProduct: Int
    var duplicates: Int
    /// Rows and SKUs that could not be read, as far as the rules let them be left out.
    var leftOut: Int
    /// Names in the selection that nothing has.
    var unusedNames: [String]
    /// What the merge into the history did, if there was one.
    var opened: Int?
    var closed: Int?
    var kept: Int?
    var wasMerged: Bool?

    init(_ provider: CloudProvider, _ summary: ScrapeSummary, _ change: PriceHistory.Change?) {
        self.provider = provider.rawValue
        rows = summary.rows
        bytes = summary.bytes
        documents = summary.documents.count
        productsKept = summary.productsKept
        productsLeftOut = summary.productsLeftOut
        productsWithoutPrices = summary.productsWithoutPrices
        pricesWithoutProduct = summary.pricesWithoutProduct
        duplicates = summary.duplicates
        leftOut = summary.leftOut.total
        unusedNames = summary.notices.compactMap(\.found)
        opened = change?.opened
        closed = change?.closed
        kept = change?.kept
        wasMerged = change?.wasMerged
    }

    var title: String { "Prices of \(provider)" }

    var figures: [Figure] {
        [
            Figure("rows", rows), Figure("documents", documents),
            Figure("read", text: Decimals.bytes(Int64(bytes))), Figure("products kept", productsKept),
            Figure("products left out", productsLeftOut), Figure("products without prices", productsWithoutPrices),
            Figure("prices without product", pricesWithoutProduct), Figure("duplicates left out", duplicates),
        ] + (leftOut == 0 ? [] : [Figure("not readable, left out", leftOut)]) + merged
    }

    private var merged: [Figure] {
        guard let opened, let closed, let kept else { return [] }
        guard wasMerged != true else { return [Figure("history", text: "had this list already")] }
        return [
            Figure("history: opened", opened), Figure("history: closed", closed), Figure("history: as they were", kept),
        ]
    }
}
