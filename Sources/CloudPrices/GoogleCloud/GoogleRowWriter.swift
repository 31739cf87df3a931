import ByteText

/// Makes rows of SKUs: one for each region, tier and time.
struct GoogleRowWriter: ~Copyable {
    private let run: ScrapeRun
    private var row: PriceRowBuffer
    private let units: UnitTable
    private let regions: RegionTable
    private let currency: String
    private var attributes = KeptAttributes()

    init(run: ScrapeRun, row: consuming PriceRowBuffer, units: UnitTable, regions: RegionTable) {
        self.run = run
        self.row = row
        self.units = units
        self.regions = regions
        currency = run.selection.currency ?? "USD"
    }

    /// One tier for some time, checked, before it fans out over regions.
    private struct Price {
        var start: ExactDecimal
        var end: ExactDecimal?
        var amount: ExactDecimal
        var from: PriceInstant?
        var to: PriceInstant?
        var pricing: GooglePricing
        var unit: NormalisedUnit
        var offset: Int
    }

    /// Writes the rows of one SKU in the regions that are wanted.
    mutating func write(_ sku: GoogleSKU, in wanted: [String]) throws {
        let prices: [Price]
        do throws(PriceProblem) {
            try begin(sku)
            prices = try self.prices(sku)
        } catch {
            run.record(error)
            return
        }
        if prices.isEmpty { run.summary.productsWithoutPrices += 1 }
        for region in wanted {
            for price in prices {
                do throws(PriceProblem) {
                    try fill(price, of: sku, in: region)
                } catch {
                    run.record(error)
                    continue
                }
                try run.emit(row)
            }
        }
    }

    private mutating func begin(_ sku: GoogleSKU) throws(PriceProblem) {
        row.offset = sku.offset
        row.clear(.sku)
        guard !sku.skuID.isEmpty, !sku.service.isEmpty else {
            throw problem(.missingField, "a SKU has no \(sku.skuID.isEmpty ? "id" : "service")", found: sku.description)
        }
        try row.set(.sku, sku.skuID)
        let (term, months) = try Self.term(of: sku, row)
        row.term = term
        row.termMonths = months
        row.charge = .usage
        try row.set(.rateCode, sku.usageType)
        try row.set(.service, sku.service)
        try set(.productFamily, sku.family)
        try set(.skuName, sku.group)
        try set(.description, sku.description)
    }

    /// `OnDemand`, `Preemptible`, `Commit1Yr` and their like.
    static func term(
        of sku: GoogleSKU, _ row: borrowing PriceRowBuffer
    ) throws(PriceProblem) -> (PriceTerm, months: Int?) {
        switch sku.usageType {
        case "OnDemand": return (.onDemand, nil)
        case "Preemptible", "Spot": return (.spot, nil)
        default:
            let length = sku.usageType.bytes.withoutStart("Commit")
            if let years = length?.withoutEnd("Yr").flatMap({ Int($0.text) }), (1...10).contains(years) {
                return (.committedUse, 12 * years)
            }
            if let months = length?.withoutEnd("Mo").flatMap({ Int($0.text) }), (1...120).contains(months) {
                return (.committedUse, months)
            }
        }
        throw row.problem(
            .unknownTerm, "the usage type is not known", found: Array(sku.usageType.utf8).span,
            advice: ReadingAdvice.skip(.googleCloud))
    }

    /// All prices of a SKU: each entry of its timeline holds until the next one starts.
    private mutating func prices(_ sku: GoogleSKU) throws(PriceProblem) -> [Price] {
        if sku.pricing.count == 1, sku.pricing[0].effectiveTime.isEmpty {
            // Nothing follows it or comes before it, so nothing is lost without the time.
            return try tiers(sku.pricing[0], from: nil, to: nil)
        }
        var timeline: [(from: PriceInstant, pricing: GooglePricing)] = []
        for pricing in sku.pricing {
            guard let from = PriceInstant(pricing.effectiveTime) else {
                throw problem(.invalidDate, "the time from which a price holds is none", found: pricing.effectiveTime)
            }
            timeline.append((from, pricing))
        }
        timeline.sort { $0.from < $1.from }
        var prices: [Price] = []
        for (index, entry) in timeline.enumerated() {
            let to = index + 1 < timeline.count ? timeline[index + 1].from : nil
            guard to != entry.from else {
                throw problem(.invalidDate, "two prices hold from the same time", found: entry.pricing.effectiveTime)
            }
            prices += try tiers(entry.pricing, from: entry.from, to: to)
        }
        return prices
    }

    private mutating func tiers(
        _ pricing: GooglePricing, from: PriceInstant?, to: PriceInstant?
    ) throws(PriceProblem) -> [Price] {
        let unit = try unit(pricing)
        var prices: [Price] = []
        for rate in pricing.rates {
            row.offset = rate.offset
            prices.append(
                Price(
                    start: try start(rate), amount: try amount(rate), from: from, to: to, pricing: pricing, unit: unit,
                    offset: rate.offset))
        }
        prices.sort { $0.start < $1.start }
        guard let first = prices.first else { return [] }
        guard first.start.isZero else {
            throw problem(.brokenTiers, "the first tier does not start at 0", found: first.start.text)
        }
        for index in prices.indices.dropLast() {
            guard prices[index].start < prices[index + 1].start else {
                throw problem(.brokenTiers, "two tiers start at the same amount", found: prices[index].start.text)
            }
            prices[index].end = prices[index + 1].start
        }
        return prices
    }

    private func start(_ rate: GoogleRate) throws(PriceProblem) -> ExactDecimal {
        guard !rate.start.isEmpty else { return .zero }
        guard let start = try? ExactDecimal(rate.start), !start.isNegative else {
            throw problem(.invalidNumber, "a tier's start is no amount", found: rate.start)
        }
        return start
    }

    private func amount(_ rate: GoogleRate) throws(PriceProblem) -> ExactDecimal {
        let text = "\(rate.money.units) units, \(rate.money.nanos) nanos"
        guard !rate.isBroken, let amount = rate.money.amount else {
            throw problem(.invalidNumber, "units and nanos make no amount", found: text)
        }
        guard !amount.isNegative else { throw problem(.negativePrice, "the price is negative", found: text) }
        guard CurrencyTable.iso4217.contains(rate.currency), rate.currency == currency else {
            throw problem(
                .unknownCurrency, "the price is not in \(currency), which was asked for", found: rate.currency,
                advice: "Ask for a currency that Google has.")
        }
        return amount
    }

    /// The unit, whose conversion to its base unit must be the one that is known.
    private func unit(_ pricing: GooglePricing) throws(PriceProblem) -> NormalisedUnit {
        guard let unit = units.meaning(of: pricing.usageUnit) else {
            throw problem(
                .unknownUnit, "the unit is not known", found: pricing.usageUnit,
                advice: ReadingAdvice.unit(pricing.usageUnit.utf8.span, of: .googleCloud))
        }
        guard let known = GoogleUsageUnit(pricing.usageUnit), !pricing.baseUnitFactor.isEmpty else { return unit }
        guard known.agrees(baseUnit: pricing.baseUnit, factor: pricing.baseUnitFactor) else {
            throw problem(
                .unknownUnit, "the unit is \(pricing.baseUnitFactor) \(pricing.baseUnit) here and not what is known",
                found: pricing.usageUnit, advice: "The provider has changed its meaning; the table must follow.")
        }
        return unit
    }

    private mutating func fill(_ price: Price, of sku: GoogleSKU, in region: String) throws(PriceProblem) {
        row.offset = price.offset
        guard let name = regions.region(code: region) else {
            throw problem(
                .unknownRegion, "the region is not known", found: region,
                advice: ReadingAdvice.region(region.utf8.span, of: .googleCloud))
        }
        try row.set(.region, name)
        try row.set(.unit, price.pricing.usageUnit)
        try row.set(.normalisedUnit, price.unit.name)
        row.unitBlock = price.unit.block
        try row.set(.currency, currency)
        try row.setPrice(Array(price.amount.plainText.utf8).span)
        row.tierStart = price.start
        row.tierEnd = price.end
        row.effectiveFrom = price.from
        row.effectiveTo = price.to
        try attributes.set(on: &row, run.selection.keptAttributes) { GoogleAttribute.value(of: $0, sku, price.pricing) }
    }

    private mutating func set(_ field: PriceText, _ text: String) throws(PriceProblem) {
        if text.isEmpty { row.clear(field) } else { try row.set(field, text) }
    }

    private func problem(
        _ code: PriceProblem.Code, _ message: String, found: String, advice: String = ""
    ) -> PriceProblem {
        row.problem(code, message, found: Array(found.utf8).span, advice: advice)
    }
}

/// What a SKU says about itself beside the columns of a row, by the catalog's names.
enum GoogleAttribute {
    static func value(of name: String, _ sku: GoogleSKU, _ pricing: GooglePricing?) -> String? {
        let value: String? =
            switch name {
            case "resourceFamily": sku.family
            case "resourceGroup": sku.group
            case "usageType": sku.usageType
            case "description": sku.description
            case "serviceProviderName": sku.provider
            case "geoTaxonomy": sku.geography
            case "aggregationInfo": pricing?.aggregation
            case "baseUnit": pricing?.baseUnit
            case "displayQuantity": pricing?.displayQuantity
            default: nil
            }
        return value.flatMap { $0.isEmpty ? nil : $0 }
    }
}
