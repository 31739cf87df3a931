import CloudPrices
import Foundation

/// Pages of Azure's list, made of a few fields each.
enum AzureList {
    static let start = PriceInstant("2025-01-01T00:00:00Z")

    /// An item as the API writes it; fields can be replaced, added, or removed with an empty text.
    static func item(_ changes: [String: String] = [:]) -> String {
        let fields = [
            "currencyCode": "\"USD\"", "tierMinimumUnits": "0.0", "retailPrice": "0.1", "unitPrice": "0.1",
            "armRegionName": "\"westeurope\"", "location": "\"EU West\"",
            "effectiveStartDate": "\"2025-01-01T00:00:00Z\"", "meterId": "\"m1\"", "meterName": "\"D2 v3\"",
            "productId": "\"P1\"", "skuId": "\"P1/0001\"", "productName": "\"Virtual Machines Dv3 Series\"",
            "skuName": "\"D2 v3\"", "serviceName": "\"Virtual Machines\"", "serviceId": "\"DZH313Z7MMC8\"",
            "serviceFamily": "\"Compute\"", "unitOfMeasure": "\"1 Hour\"", "type": "\"Consumption\"",
            "isPrimaryMeterRegion": "true", "armSkuName": "\"Standard_D2_v3\"",
        ].merging(changes) { _, new in new }
        return "{"
            + fields.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
            .map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
    }

    static func page(_ items: [String], next: String? = nil, count: Int? = nil) -> String {
        let link = next.map { "\"https://prices.azure.com:443\($0)\"" } ?? "null"
        return """
            {"BillingCurrency":"USD","CustomerEntityId":"Default","CustomerEntityType":"Retail",\
            "Items":[\(items.joined(separator: ","))],"NextPageLink":\(link),"Count":\(count ?? items.count)}
            """
    }

    static func rows(_ items: [[String: String]], _ selection: ProviderSelection = .everything) throws -> [PriceRow] {
        try read(page(items.map(item)), selection).rows
    }

    static func read(
        _ text: String, _ selection: ProviderSelection = .everything
    ) throws -> (rows: [PriceRow], summary: ScrapeSummary) {
        let sink = CollectingSink()
        let summary = try AzureScraper(selection: selection)
            .scrape(file: MemoryByteSource(text, blockSize: 4096), path: "page", into: sink)
        return (sink.rows, summary)
    }

    /// The first problem of a list that has some.
    static func problem(_ items: [[String: String]]) -> PriceProblem? {
        do {
            var selection = ProviderSelection.everything
            selection.rules.odd = .fail
            _ = try rows(items, selection)
            return nil
        } catch let problems as PriceProblems {
            return problems.samples.first
        } catch {
            return error as? PriceProblem
        }
    }
}

/// Documents in memory, by their paths.
final class PageOrigin: PriceListOrigin {
    private let documents: [String: String]

    init(_ documents: [String: String]) { self.documents = documents }

    func open(_ path: String) async throws -> any ByteSource {
        guard let text = documents[path] else {
            throw PriceProblem(.inputFailed, "there is no such document", source: path)
        }
        return MemoryByteSource(text, name: path, blockSize: 1000)
    }
}
