/// Writes offer files in AWS's own style.
struct OfferText {
    var products: [(sku: String, family: String?, attributes: [(String, String)])] = []
    /// Kind, SKU, offer code, the term's body.
    var terms: [(kind: String, entries: [(sku: String, offers: [(code: String, body: String)])])] = []
    var offerCode = "AmazonEC2"

    static func product(
        _ sku: String, family: String? = "Compute Instance", region: String? = "eu-west-1",
        _ attributes: [(String, String)] = []
    ) -> (sku: String, family: String?, attributes: [(String, String)]) {
        let place = region.map { [("regionCode", $0)] } ?? []
        return (sku, family, [("usagetype", "BoxUsage:\(sku)")] + place + attributes)
    }

    /// One rate; without limits if `begin` is nil.
    static func rate(
        _ code: String, _ price: String, begin: String? = "0", end: String = "Inf", unit: String = "Hrs",
        currency: String = "USD"
    ) -> String {
        let limits = begin.map { "\"beginRange\" : \"\($0)\",\n \"endRange\" : \"\(end)\",\n" } ?? ""
        return """
            "\(code)" : { "rateCode" : "\(code)", "description" : "what \\"\(code)\\" is",
              \(limits) "unit" : "\(unit)", "pricePerUnit" : { "\(currency)" : "\(price)" }, "appliesTo" : [ ] }
            """
    }

    static func offer(
        _ rates: [String], attributes: [(String, String)] = [], date: String = "2025-04-01T00:00:00Z"
    ) -> String {
        let attributes = attributes.map { "\"\($0)\" : \"\($1)\"" }.joined(separator: ", ")
        return """
            { "offerTermCode" : "X", "sku" : "S", "effectiveDate" : "\(date)",
              "priceDimensions" : { \(rates.joined(separator: ",\n")) }, "termAttributes" : { \(attributes) } }
            """
    }

    /// An offer with one product and on-demand rates of it.
    static func onDemand(_ rates: [String], region: String? = "eu-west-1", date: String = "2025-04-01") -> OfferText {
        OfferText(
            products: [product("AAA", region: region)],
            terms: [("OnDemand", [("AAA", [("AAA.JRTCKXETXF", offer(rates, date: date))])])])
    }

    var json: String {
        let products = products.map { product in
            let family = product.family.map { "\"productFamily\" : \"\($0)\",\n" } ?? ""
            let attributes = product.attributes.map { "\"\($0)\" : \"\($1)\"" }.joined(separator: ",\n")
            return "\"\(product.sku)\" : { \"sku\" : \"\(product.sku)\", \(family) \"attributes\" : { \(attributes) } }"
        }
        let terms = terms.map { kind, entries in
            let entries = entries.map { sku, offers in
                "\"\(sku)\" : { " + offers.map { "\"\($0)\" : \($1)" }.joined(separator: ",\n") + "}"
            }
            return "\"\(kind)\" : { \(entries.joined(separator: ",\n")) }"
        }
        return """
            {
              "formatVersion" : "v1.0",
              "disclaimer" : "None of this [is] {real}.",
              "offerCode" : "\(offerCode)",
              "version" : "20250422213507",
              "publicationDate" : "2025-04-22T21:35:07Z",
              "products" : { \(products.joined(separator: ",\n")) },
              "terms" : { \(terms.joined(separator: ",\n")) },
              "attributesList" : { }
            }
            """
    }
}
