/// Reads pages of Google's catalog: of services, or of SKUs.
struct GooglePageReader: ~Copyable {
    private var json: JSONTokenizer
    private let path: String

    init(_ source: any ByteSource, path: String) {
        json = JSONTokenizer(source)
        self.path = path
    }

    /// How much of the document was read.
    var bytesRead: Int { json.bytesRead }

    /// Reads a page of services.
    ///
    /// - Returns: the services, and the token of the next page; it is empty after the last.
    mutating func services() throws -> (services: [GoogleCatalogService], nextToken: String) {
        var services: [GoogleCatalogService] = []
        let token = try page("services") { json in
            var service = GoogleCatalogService()
            while try json.nextKey() {
                if json.text.equals("serviceId") {
                    try json.text(into: &service.id)
                } else if json.text.equals("displayName") {
                    try json.text(into: &service.name)
                } else {
                    try json.skipValue()
                }
            }
            services.append(service)
        }
        return (services, token)
    }

    /// Reads a page of SKUs and hands each on.
    ///
    /// - Returns: the token of the next page; it is empty after the last.
    mutating func skus(take: (GoogleSKU, _ bytesRead: Int) throws -> Void) throws -> String {
        try page("skus") { json in
            var sku = GoogleSKU()
            sku.offset = json.offset
            try Self.read(&sku, &json)
            try take(sku, json.bytesRead)
        }
    }

    /// Reads the objects of one list, and the token beside it.
    private mutating func page(_ name: StaticString, object: (inout JSONTokenizer) throws -> Void) throws -> String {
        var token = ""
        var (hasList, hasToken) = (false, false)
        var foreign: String?
        try json.beginObject()
        while try json.nextKey() {
            if json.text.equals(name) {
                guard !hasList else { throw json.problem(.duplicateKey, "'\(name)' stands here twice") }
                hasList = true
                try json.beginArray()
                while try json.nextElement() {
                    try json.beginObject()
                    try object(&json)
                }
            } else if json.text.equals("nextPageToken") {
                guard !hasToken else { throw json.problem(.duplicateKey, "'nextPageToken' stands here twice") }
                hasToken = true
                try json.text(into: &token)
            } else if json.text.equals("error") {
                throw try refusal()
            } else {
                foreign = foreign ?? String(copying: json.text)
                try json.skipValue()
            }
        }
        try json.finish()
        // A page without any may leave the list out, as protocol buffers do; then it is quite empty.
        guard hasList || hasToken || foreign == nil else {
            throw PriceProblem(
                .wrongShape, "this is no page of the Cloud Billing Catalog: it has no '\(name)'", source: path,
                found: foreign, advice: "Look at the address; newer price APIs have another format.")
        }
        return token
    }

    /// What a server says in place of a page.
    private mutating func refusal() throws(PriceProblem) -> PriceProblem {
        var message = ""
        try json.beginObject()
        while try json.nextKey() {
            if json.text.equals("message") { try json.text(into: &message) } else { try json.skipValue() }
        }
        return PriceProblem(
            .inputFailed, "the server refused", source: path, found: message,
            advice: "Check the key in \(GoogleCloudScraper.keyVariable).")
    }
}

extension GooglePageReader {
    private static func read(_ sku: inout GoogleSKU, _ json: inout JSONTokenizer) throws(PriceProblem) {
        while try json.nextKey() {
            if json.text.equals("skuId") {
                try json.text(into: &sku.skuID)
            } else if json.text.equals("description") {
                try json.text(into: &sku.description)
            } else if json.text.equals("serviceProviderName") {
                try json.text(into: &sku.provider)
            } else if json.text.equals("category") {
                try readCategory(&sku, &json)
            } else if json.text.equals("serviceRegions") {
                sku.regions = try texts(&json)
            } else if json.text.equals("geoTaxonomy") {
                try readGeography(&sku, &json)
            } else if json.text.equals("pricingInfo") {
                try json.beginArray()
                while try json.nextElement() {
                    try json.beginObject()
                    sku.pricing.append(try pricing(&json))
                }
            } else {
                try json.skipValue()
            }
        }
    }

    private static func readCategory(_ sku: inout GoogleSKU, _ json: inout JSONTokenizer) throws(PriceProblem) {
        try json.beginObject()
        while try json.nextKey() {
            if json.text.equals("serviceDisplayName") {
                try json.text(into: &sku.service)
            } else if json.text.equals("resourceFamily") {
                try json.text(into: &sku.family)
            } else if json.text.equals("resourceGroup") {
                try json.text(into: &sku.group)
            } else if json.text.equals("usageType") {
                try json.text(into: &sku.usageType)
            } else {
                try json.skipValue()
            }
        }
    }

    private static func readGeography(_ sku: inout GoogleSKU, _ json: inout JSONTokenizer) throws(PriceProblem) {
        guard try json.next() == .beginObject else { return }
        while try json.nextKey() {
            if json.text.equals("type") { try json.text(into: &sku.geography) } else { try json.skipValue() }
        }
    }

    private static func texts(_ json: inout JSONTokenizer) throws(PriceProblem) -> [String] {
        var texts: [String] = []
        try json.beginArray()
        while try json.nextElement() {
            var text = ""
            try json.text(into: &text)
            texts.append(text)
        }
        return texts
    }

    private static func pricing(_ json: inout JSONTokenizer) throws(PriceProblem) -> GooglePricing {
        var pricing = GooglePricing()
        while try json.nextKey() {
            if json.text.equals("effectiveTime") {
                try json.text(into: &pricing.effectiveTime)
            } else if json.text.equals("pricingExpression") {
                try readExpression(&pricing, &json)
            } else if json.text.equals("aggregationInfo") {
                try readAggregation(&pricing, &json)
            } else {
                try json.skipValue()
            }
        }
        return pricing
    }

    private static func readAggregation(
        _ pricing: inout GooglePricing, _ json: inout JSONTokenizer
    ) throws(PriceProblem) {
        guard try json.next() == .beginObject else { return }
        var parts = ["", "", ""]
        while try json.nextKey() {
            if json.text.equals("aggregationLevel") {
                try json.text(into: &parts[0])
            } else if json.text.equals("aggregationInterval") {
                try json.text(into: &parts[1])
            } else if json.text.equals("aggregationCount") {
                try json.text(into: &parts[2])
            } else {
                try json.skipValue()
            }
        }
        pricing.aggregation = parts.filter { !$0.isEmpty }.joined(separator: " ")
    }

    private static func readExpression(
        _ pricing: inout GooglePricing, _ json: inout JSONTokenizer
    ) throws(PriceProblem) {
        try json.beginObject()
        while try json.nextKey() {
            if json.text.equals("usageUnit") {
                try json.text(into: &pricing.usageUnit)
            } else if json.text.equals("baseUnit") {
                try json.text(into: &pricing.baseUnit)
            } else if json.text.equals("baseUnitConversionFactor") {
                try json.text(into: &pricing.baseUnitFactor)
            } else if json.text.equals("displayQuantity") {
                try json.text(into: &pricing.displayQuantity)
            } else if json.text.equals("tieredRates") {
                try json.beginArray()
                while try json.nextElement() {
                    try json.beginObject()
                    pricing.rates.append(try rate(&json))
                }
            } else {
                try json.skipValue()
            }
        }
    }

    private static func rate(_ json: inout JSONTokenizer) throws(PriceProblem) -> GoogleRate {
        var rate = GoogleRate()
        rate.offset = json.offset
        while try json.nextKey() {
            if json.text.equals("startUsageAmount") {
                try json.text(into: &rate.start)
            } else if json.text.equals("unitPrice") {
                try readMoney(&rate, &json)
            } else {
                try json.skipValue()
            }
        }
        return rate
    }

    private static func readMoney(_ rate: inout GoogleRate, _ json: inout JSONTokenizer) throws(PriceProblem) {
        try json.beginObject()
        var text = ""
        while try json.nextKey() {
            if json.text.equals("currencyCode") {
                try json.text(into: &rate.currency)
            } else if json.text.equals("units") {
                try json.text(into: &text)
                if let units = Int64(text) { rate.money.units = units } else { rate.isBroken = true }
            } else if json.text.equals("nanos") {
                try json.text(into: &text)
                if let nanos = Int32(text) { rate.money.nanos = nanos } else { rate.isBroken = true }
            } else {
                try json.skipValue()
            }
        }
    }
}

extension JSONTokenizer {
    /// Reads a text, or a number as its text; `null` leaves an empty one.
    fileprivate mutating func text(into text: inout String) throws(PriceProblem) {
        switch try next() {
        case .string, .number: text = String(copying: self.text)
        case .null: text = ""
        default: throw wrongShape("a text or a number")
        }
    }
}
