/// Makes rows of families of items: tiers that end, periods that do not overlap, terms, units, regions.
struct AzureRowWriter: ~Copyable {
    private let run: ScrapeRun
    private var row: PriceRowBuffer
    private var units: UnitResolver
    private var regions: RegionResolver
    private let currency: [UInt8]
    private let isCurrencyKnown: Bool
    private let selection: ProviderSelection
    private var attributes = KeptAttributes()

    init(run: ScrapeRun, row: consuming PriceRowBuffer, units: UnitTable, regions: RegionTable) {
        self.run = run
        self.row = row
        self.units = UnitResolver(units)
        self.regions = RegionResolver(regions)
        selection = run.selection
        let currency = selection.currency ?? "USD"
        isCurrencyKnown = CurrencyTable.iso4217.contains(currency)
        self.currency = Array(currency.utf8)
    }

    /// Writes the rows of one family.
    mutating func write(_ family: ArraySlice<AzureItem>) throws {
        guard let first = family.first else { return }
        let periods: [AzureTimeline.Period]
        do throws(PriceProblem) {
            try begin(first)
            periods = try self.periods(family)
            // A family is written whole or not at all.
            if family.count > 1 {
                for item in family { try check(item) }
            }
        } catch {
            run.record(error)
            return
        }
        for period in periods { try write(family[family.startIndex + period.entry], period) }
    }

    /// Does what writing a row does, but for the row.
    private mutating func check(_ item: AzureItem) throws(PriceProblem) {
        try begin(item)
        _ = try AzureKind(item, row)
        try fill(item, .init(entry: 0, tier: .zero, tierEnd: nil, from: PriceInstant(microseconds: 0), to: nil))
        try row.setPrice(item.text(.retailPrice))
    }

    private mutating func begin(_ item: AzureItem) throws(PriceProblem) {
        if row.source.id != item.document {
            row = PriceRowBuffer(provider: .azure, source: run.summary.documents[Int(item.document) - 1])
        }
        row.offset = item.offset
        row.clear(.sku)
        for field in [
            AzureItem.Field.skuId, .meterId, .serviceName, .type, .unitOfMeasure, .retailPrice, .currencyCode,
        ]
        where item.text(field).isEmpty {
            throw row.problem(.missingField, "an item has no \(field)", found: item.text(.skuId))
        }
        try row.set(.sku, item.text(.skuId))
    }

    private mutating func periods(_ items: ArraySlice<AzureItem>) throws(PriceProblem) -> [AzureTimeline.Period] {
        var entries: [AzureTimeline.Entry] = []
        for item in items {
            row.offset = item.offset
            entries.append(try entry(item))
        }
        let periods: [AzureTimeline.Period]
        do throws(AzureTimeline.Conflict) {
            periods = try AzureTimeline.periods(entries)
        } catch {
            let item = items[items.startIndex + error.second]
            row.offset = item.offset
            throw row.problem(
                .brokenTiers, "two items are for the same tier and time and differ otherwise",
                found: item.text(.retailPrice), advice: "Nothing says which is meant.")
        }
        guard !periods.isEmpty else {
            let item = items[items.startIndex]
            throw row.problem(
                .brokenTiers, "at no time does a tier start at 0", found: item.text(.tierMinimumUnits))
        }
        return periods
    }

    private func entry(_ item: AzureItem) throws(PriceProblem) -> AzureTimeline.Entry {
        var tier = ExactDecimal.zero
        if item.has(.tierMinimumUnits) {
            do {
                tier = try ExactDecimal(parsing: item.text(.tierMinimumUnits))
            } catch {
                throw row.problem(.invalidNumber, "the tier's start is no number", found: item.text(.tierMinimumUnits))
            }
        }
        guard !tier.isNegative else {
            throw row.problem(.brokenTiers, "the tier starts below zero", found: item.text(.tierMinimumUnits))
        }
        guard let from = PriceInstant(item.text(.effectiveStartDate)) else {
            throw row.problem(.invalidDate, "the start is no date", found: item.text(.effectiveStartDate))
        }
        guard !item.text(.effectiveEndDate).isEmpty else { return .init(tier: tier, from: from, to: nil) }
        guard var to = PriceInstant(item.text(.effectiveEndDate)) else {
            throw row.problem(.invalidDate, "the end is no date", found: item.text(.effectiveEndDate))
        }
        // Azure writes the last minute of the last day; the price holds to that minute's end.
        if to.microseconds % Self.hour == Self.lastMinute { to.microseconds += Self.minute }
        guard from < to else {
            throw row.problem(.invalidDate, "the price ends before it starts", found: item.text(.effectiveEndDate))
        }
        return .init(tier: tier, from: from, to: to)
    }

    private static let minute: Int64 = 60_000_000
    private static let hour = 60 * minute
    private static let lastMinute = 59 * minute

    /// Writes the rows of one item for one period: its own, and one for each savings plan.
    private mutating func write(_ item: AzureItem, _ period: AzureTimeline.Period) throws {
        let kind: AzureKind
        do throws(PriceProblem) {
            try begin(item)
            kind = try AzureKind(item, row)
            try fill(item, period)
        } catch {
            run.record(error)
            return
        }
        if selection.terms.contains(kind.term) {
            try emit(kind, price: item.text(.retailPrice), of: item)
        }
        guard selection.terms.contains(.savingsPlan) else { return }
        for plan in item.savingsPlans {
            let months: Int
            do throws(PriceProblem) {
                months = try AzureKind.months(item.text(plan.term), row)
            } catch {
                run.record(error)
                continue
            }
            try emit(AzureKind(savingsPlanOf: kind, months: months), price: item.text(plan.price), of: item)
        }
    }

    private mutating func fill(_ item: AzureItem, _ period: AzureTimeline.Period) throws(PriceProblem) {
        try row.set(.service, item.text(.serviceName))
        try set(.productFamily, item.text(.serviceFamily))
        try set(.skuName, item.text(.skuName))
        try set(.description, item.text(.productName))
        try units.apply(item.text(.unitOfMeasure), to: &row)
        try setCurrency(item)
        try setRegion(item)
        row.tierStart = period.tier
        row.tierEnd = period.tierEnd
        row.effectiveFrom = period.from
        row.effectiveTo = period.to
        try attributes.set(on: &row, selection.keptAttributes) { AzureAttribute.value(of: $0, item) }
    }

    private mutating func setCurrency(_ item: AzureItem) throws(PriceProblem) {
        let code = item.text(.currencyCode)
        guard isCurrencyKnown, code.equals(currency.span) else {
            guard CurrencyTable.iso4217.contains(String(copying: code)) else {
                throw row.problem(.unknownCurrency, "the currency is not known", found: code)
            }
            throw row.problem(
                .unknownCurrency, "the price is not in \(String(copying: currency.span)), which was asked for",
                found: code, advice: "Ask for a currency that Azure has.")
        }
        try row.set(.currency, code)
    }

    /// The text that decides the region.
    @_lifetime(borrow item)
    private static func place(of item: borrowing AzureItem) -> Span<UInt8> {
        item.text(.armRegionName).isEmpty ? item.text(.location) : item.text(.armRegionName)
    }

    private mutating func setRegion(_ item: AzureItem) throws(PriceProblem) {
        guard let region = regions.region(code: item.text(.armRegionName), location: item.text(.location)) else {
            throw row.problem(
                .unknownRegion, "the region is not known", found: Self.place(of: item),
                advice: ReadingAdvice.region(Self.place(of: item), of: .azure))
        }
        try row.set(.region, region.span)
    }

    private mutating func set(_ field: PriceText, _ text: Span<UInt8>) throws(PriceProblem) {
        if text.isEmpty { row.clear(field) } else { try row.set(field, text) }
    }

    private mutating func emit(_ kind: AzureKind, price: Span<UInt8>, of item: AzureItem) throws {
        do throws(PriceProblem) {
            row.term = kind.term
            row.termMonths = kind.months
            row.charge = kind.charge
            try row.set(.rateCode, item.text(.meterId))
            try row.append("/", to: .rateCode)
            try row.append(kind.rateName, to: .rateCode)
            try row.setPrice(price)
        } catch {
            run.record(error)
            return
        }
        try run.emit(row)
    }
}
