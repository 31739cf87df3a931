import ByteText
import CloudPrices
import Foundation

/// One service of Google's catalog with the SKUs that the samples have of it.
struct GoogleService: Sendable {
    var id: String
    var displayName: String
    /// Each as it stands in the sample, with the currency of its prices.
    var skus: [(bytes: ArraySlice<UInt8>, currency: String)]

    /// Reads lists of SKUs and sorts them by service.
    static func read(_ lists: [(bytes: [UInt8], name: String)]) throws -> [GoogleService] {
        var services: [String: GoogleService] = [:]
        for list in lists {
            guard let slices = JSONSlices.elements(of: list.bytes, under: "skus") else {
                throw SampleLibrary.Fault(description: "\(list.name) has no list of SKUs")
            }
            for slice in slices {
                let sku = try JSONDecoder().decode(SKU.self, from: Data(slice))
                let parts = sku.name.bytes.parts(at: "/")
                guard parts.count == 4 else {
                    throw SampleLibrary.Fault(description: "\(list.name) has a SKU named \(sku.name)")
                }
                let id = parts[1].string
                let empty = GoogleService(id: id, displayName: sku.category.serviceDisplayName, skus: [])
                services[id, default: empty].skus.append((slice, sku.currency))
            }
        }
        return services.values.sorted { $0.id < $1.id }
    }

    private struct SKU: Decodable {
        struct Category: Decodable { var serviceDisplayName: String }
        struct Pricing: Decodable { var pricingExpression: Expression }
        struct Expression: Decodable { var tieredRates: [Rate] }
        struct Rate: Decodable { var unitPrice: Price }
        struct Price: Decodable { var currencyCode: String? }
        var name: String
        var category: Category
        var pricingInfo: [Pricing]?

        var currency: String {
            pricingInfo?.first?.pricingExpression.tieredRates.first?.unitPrice.currencyCode ?? "USD"
        }
    }
}

/// Google's Cloud Billing Catalog over lists of SKUs.
struct GooglePages {
    let services: [GoogleService]
    let maximum: Int
    let kinds: [Misbehaviour.Kind]

    func page(_ path: String, _ query: [String: String]) -> Result<Content, Answer> {
        let parts = path.bytes.parts(at: "/").filter { !$0.isEmpty }.map(\.string)
        if parts == ["v1", "services"] {
            return page(of: services.map(Self.description), named: "services", query)
        }
        guard parts.count == 4, parts[3] == "skus", let service = services.first(where: { $0.id == parts[2] }) else {
            return .failure(
                .refusal(404, "Service not found. A list in gcp/skus with SKUs of it would bring it.", "NOT_FOUND"))
        }
        // Google converts prices; the mock has those of its samples alone.
        let currency = query["currencyCode"] ?? "USD"
        return page(of: service.skus.filter { $0.currency == currency }.map(\.bytes), named: "skus", query)
    }

    private func page(
        of all: [ArraySlice<UInt8>], named name: String, _ query: [String: String]
    ) -> Result<Content, Answer> {
        let token = query["pageToken"] ?? ""
        guard let start = token.isEmpty ? 0 : Self.start(of: token), start <= all.count else {
            return .failure(.refusal(400, "Invalid page token."))
        }
        let size = max(1, min(query["pageSize"].flatMap { Int($0) } ?? maximum, maximum))
        let end = min(start + size, all.count)
        var next = end < all.count ? Self.token(end) : ""
        if kinds.contains(.repeatedPage) { next = token.isEmpty ? Self.token(0) : token }
        if kinds.contains(.endlessPages) {
            next = Self.token(end == all.count ? 0 : end) + token.drop { $0 != "x" } + "x"
        }
        let tail = "],\n\"nextPageToken\": \"\(next)\"}\n"
        return .success(Content(list: all[start..<end], between: "{\"\(name)\": [", and: tail))
    }

    private static func description(_ service: GoogleService) -> ArraySlice<UInt8> {
        let text = """
            {"name": "services/\(service.id)", "serviceId": "\(service.id)", \
            "displayName": "\(service.displayName)", "businessEntityName": "businessEntities/GCP"}
            """
        return Array(text.utf8)[...]
    }

    private static func token(_ start: Int) -> String { "page-\(start)" }

    private static func start(of token: String) -> Int? {
        token.bytes.withoutStart("page-").flatMap { Int($0.parts(at: "x")[0].text) }
    }
}
