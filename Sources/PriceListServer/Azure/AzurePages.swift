import CloudPrices
import Foundation

/// One item of Azure's list: its bytes as they stand in the sample, and the fields that filters ask about.
struct AzureItem: Sendable {
    var bytes: ArraySlice<UInt8>
    var fields: [String: String]

    static func read(_ bytes: [UInt8], name: String) throws -> [AzureItem] {
        guard let slices = JSONSlices.elements(of: bytes) else {
            throw SampleLibrary.Fault(description: "\(name) is not a list of items")
        }
        return try slices.map { slice in
            guard let object = try JSONSerialization.jsonObject(with: Data(slice)) as? [String: Any] else {
                throw SampleLibrary.Fault(description: "\(name) has an item that is no object")
            }
            return AzureItem(bytes: slice, fields: object.compactMapValues { $0 as? String })
        }
    }
}

/// Azure's Retail Prices API over a list of items.
struct AzurePages {
    static let path = "/api/retail/prices"
    let items: [AzureItem]
    let pageSize: Int
    let kinds: [Misbehaviour.Kind]

    func page(_ query: [String: String], root: String) -> Result<Content, Answer> {
        var chosen = items
        if let text = query["$filter"] {
            guard let filter = AzureFilter(text) else {
                return .failure(.refusal(400, "Invalid OData parameters supplied", "BadRequest"))
            }
            chosen = chosen.filter { filter.matches($0.fields) }
        }
        let currency = (query["currencyCode"] ?? "USD").filter { $0 != "'" }
        if let code = chosen.first?.fields["currencyCode"], code != currency { chosen = [] }
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
        let link = hasMore ? "\"\(root)\(Self.path)?\(Self.link(query, skip: next))\"" : "null"
        let body = chosen[start..<end].map { String(decoding: $0.bytes, as: UTF8.self) }.joined(separator: ",")
        return .success(
            Content(
                """
                {"BillingCurrency":"\(currency)","CustomerEntityId":"Default","CustomerEntityType":"Retail",\
                "Items":[\(body)],"NextPageLink":\(link),"Count":\(end - start)}
                """))
    }

    /// The parameters of the next page in a fixed order, `$skip` last.
    private static func link(_ query: [String: String], skip: Int) -> String {
        var parts = query.filter { $0.key != "$skip" }.sorted { $0.key < $1.key }.map { key, value in
            key + "=" + value.percentEncoded
        }
        parts.append("$skip=\(skip)")
        return parts.joined(separator: "&")
    }
}

extension String {
    /// For a query's value: everything but letters, digits and a few marks is encoded.
    fileprivate var percentEncoded: String {
        addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(CharacterSet(charactersIn: "-._~'"))) ?? self
    }
}
