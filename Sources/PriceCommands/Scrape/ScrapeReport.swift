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

    init(_ provider: CloudProvider, _ summary: ScrapeSummary) {
        self.provider = provider.rawValue
        rows = summary.rows
        bytes = summary.bytes
        documents = summary.documents.count
        productsKept = summary.productsKept
        productsLeftOut = summary.productsLeftOut
        productsWithoutPrices = summary.productsWithoutPrices
        pricesWithoutProduct = summary.pricesWithoutProduct
        duplicates = summary.duplicates
    }

    var title: String { "Prices of \(provider)" }

    var figures: [Figure] {
        [
            Figure("rows", rows), Figure("documents", documents),
            Figure("read", text: Decimals.bytes(Int64(bytes))), Figure("products kept", productsKept),
            Figure("products left out", productsLeftOut), Figure("products without prices", productsWithoutPrices),
            Figure("prices without product", pricesWithoutProduct), Figure("duplicates left out", duplicates),
        ]
    }
}
