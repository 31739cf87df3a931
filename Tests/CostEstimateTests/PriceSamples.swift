import CloudPrices

/// Rows of made-up products with the tiers of real ones.
enum PriceSamples {
    static func row(
        _ sku: String, provider: CloudProvider = .aws, service: String = "AmazonEC2", region: String = "eu-west-1",
        term: PriceTerm = .onDemand, months: Int? = nil, option: String? = nil, charge: PriceCharge = .usage,
        tier: (String, String?) = ("0", nil), price: String, currency: String = "USD", unit: String = "Hrs",
        normalised: String = "Hours", block: Int64 = 1, attributes: String? = nil, name: String? = nil,
        rate: String? = nil, from: PriceInstant? = nil, to: PriceInstant? = nil, offset: Int = 0
    ) throws -> PriceRow {
        PriceRow(
            provider: provider, sku: sku, rateCode: rate ?? "\(sku).TERM.\(charge)-\(tier.0)", service: service,
            region: region,
            skuName: name, attributes: attributes, term: term, termMonths: months, purchaseOption: option,
            charge: charge, tierStart: try ExactDecimal(tier.0), tierEnd: try tier.1.map { try ExactDecimal($0) },
            price: try ExactDecimal(price), currency: currency, unit: unit, normalisedUnit: normalised,
            unitBlock: block, effectiveFrom: from, effectiveTo: to, source: "/offers/\(service).json",
            sourceOffset: offset)
    }

    /// Storage as S3 sells it: the first 50 TB, the next 450 TB, and what is above.
    static func storage() throws -> [PriceRow] {
        func tier(_ from: String, _ to: String?, _ price: String) throws -> PriceRow {
            try row(
                "STORAGE", service: "AmazonS3", tier: (from, to), price: price, unit: "GB-Mo",
                normalised: "GB-Months")
        }
        return [
            try tier("51200", "512000", "0.0220000000"), try tier("512000", nil, "0.0210000000"),
            try tier("0", "51200", "0.0230000000"),
        ]
    }

    static let now = PriceInstant(year: 2026, month: 11, day: 24) ?? PriceInstant(microseconds: 0)
}
