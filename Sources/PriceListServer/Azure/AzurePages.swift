import ByteText
import CloudPrices
import Foundation

/// Azure's Retail Prices API over a list of items.
struct AzurePages {
    static let path = "/api/retail/prices"
    let list: AzureList
    let pageSize: Int
    let kinds: [Misbehaviour.Kind]

    func page(_ query: [String: String], root: String) -> Result<Content, Answer> {
        guard var chosen = list.items(matching: query["$filter"]) else {
            return .failure(.refusal(400, "Invalid OData parameters supplied", "BadRequest"))
        }
        let currency = (query["currencyCode"] ?? "USD").bytes.replaced("'", with: "")
        let served = chosen.first.flatMap { AzureList.fields(of: $0)["currencyCode"] }
        if let served, served != currency { chosen = [] }
        guard let skip = Int(query["$skip"] ?? "0"), skip >= 0 else {
            return .failure(.refusal(400, "Invalid $skip", "BadRequest"))
        }
        let size = min(query["$top"].flatMap { Int($0) } ?? pageSize, pageSize)
        let isEndless = kinds.contains(.endlessPages)
        var start = isEndless && !chosen.isEmpty ? skip % chosen.count : min(skip, chosen.count)
        let end = min(start + size, chosen.count)
        if kinds.contains(.overlappingPages), start > 0 { start -= 1 }
        let hasMore = isEndless || end < chosen.count
        let next = kinds.contains(.repeatedPage) ? skip : skip + size
        let address = "\(root)\(Self.path)?\(Self.link(query, skip: next))"
        let link = hasMore ? "\"\(address.bytes.jsonEscaped)\"" : "null"
        let head = """
            {"BillingCurrency":"\(currency.bytes.jsonEscaped)","CustomerEntityId":"Default",\
            "CustomerEntityType":"Retail","Items":[
            """
        let tail = "],\"NextPageLink\":\(link),\"Count\":\(end - start)}"
        return .success(Content(list: chosen[start..<end], between: head, and: tail))
    }

    /// The parameters of the next page in a fixed order, `$skip` last.
    private static func link(_ query: [String: String], skip: Int) -> String {
        var parts = query.filter { $0.key != "$skip" }.sorted { $0.key < $1.key }.map { key, value in
            key + "=" + value.bytes.percentEncoded(keeping: "'")
        }
        parts.append("$skip=\(skip)")
        return parts.joined(separator: "&")
    }
}
