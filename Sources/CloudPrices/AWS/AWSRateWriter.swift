/// Makes rows of a term's rates: checks their tiers, resolves units, currencies and dates, and gives them on.
struct AWSRateWriter: ~Copyable {
    let run: ScrapeRun
    var row: PriceRowBuffer
    /// Whether a term comes with all of its rates, so that its tiers can be compared.
    var readsWholeTerms = true
    private var units: UnitResolver
    private var currencies = TextTable()
    private var isCurrency: [Bool] = []
    private let wantedCurrency: [UInt8]?
    private var otherCurrencies = TextTable()
    private var seenRates = SeenHashes()
    private var lastDate: [UInt8] = []
    private var lastInstant: PriceInstant?

    init(run: ScrapeRun, row: consuming PriceRowBuffer, units: UnitTable) {
        self.run = run
        self.row = row
        self.units = UnitResolver(units)
        wantedCurrency = run.selection.currency.map { Array($0.utf8) }
    }

    /// Writes the rows of a term of the product that `row` was set to.
    mutating func write(_ term: inout AWSTermBuffer) throws {
        do throws(PriceProblem) {
            if let wantedCurrency { leaveOutAll(but: wantedCurrency, of: &term) }
            row.offset = term.rates.first?.offset ?? row.offset
            try applyTerm(term)
            if readsWholeTerms { try orderTiers(&term) }
            // A term is written whole or not at all.
            if term.rates.count > 1, run.selection.rules.leavesOutRows {
                for rate in term.rates { try fill(rate, of: term) }
            }
        } catch {
            run.record(error)
            return
        }
        for index in term.rates.indices {
            do throws(PriceProblem) {
                try fill(term.rates[index], of: term)
            } catch {
                run.record(error)
                continue
            }
            try run.emit(row)
        }
    }

    private mutating func fill(_ rate: AWSTermBuffer.Rate, of term: borrowing AWSTermBuffer) throws(PriceProblem) {
        row.offset = rate.offset
        let rateCode = term.text(rate.rateCode)
        guard !rateCode.isEmpty, !rate.unit.isEmpty, !rate.price.isEmpty else {
            let missing = rateCode.isEmpty ? "rate code" : rate.unit.isEmpty ? "unit" : "price"
            throw row.problem(.missingField, "a rate has no \(missing)", found: rateCode)
        }
        try row.set(.rateCode, rateCode)
        try row.set(.description, term.text(rate.description))
        try units.apply(term.text(rate.unit), to: &row)
        try setCurrency(term.text(rate.currency))
        try row.setPrice(term.text(rate.price))
        try setTier(rate, of: term)
        row.charge = isUpfront(rate, of: term) ? .upfrontFee : .usage
    }

    /// An upfront fee has no tiers and is counted in pieces.
    private func isUpfront(_ rate: AWSTermBuffer.Rate, of term: borrowing AWSTermBuffer) -> Bool {
        term.term == .reserved && !rate.hasTier && term.text(rate.unit).equals("Quantity")
    }

    private mutating func setCurrency(_ code: Span<UInt8>) throws(PriceProblem) {
        if row.text(.currency).equals(code), !code.isEmpty { return }
        let (index, isNew) = currencies.insert(code)
        if isNew { isCurrency.append(CurrencyTable.iso4217.contains(String(copying: code))) }
        guard isCurrency[index] else {
            throw row.problem(
                .unknownCurrency, "the currency is in no table", found: code, advice: ReadingAdvice.skip(row.provider))
        }
        try row.set(.currency, code)
    }

    /// Leaves out the rates in other currencies; one without any is kept, so that it is reported.
    private mutating func leaveOutAll(but currency: [UInt8], of term: inout AWSTermBuffer) {
        var wanted: [AWSTermBuffer.Rate] = []
        for rate in term.rates {
            let code = term.text(rate.currency)
            if code.isEmpty || code.equals(currency.span) {
                wanted.append(rate)
            } else if otherCurrencies.insert(code).isNew {
                run.leaveOut(currency: String(copying: code))
            }
        }
        term.rates = wanted
    }

    private mutating func applyTerm(_ term: borrowing AWSTermBuffer) throws(PriceProblem) {
        row.term = term.term
        let date = term.text(term.effectiveDate)
        if !date.equals(lastDate.span) {
            lastInstant = date.isEmpty ? nil : PriceInstant(date)
            guard date.isEmpty || lastInstant != nil else {
                throw row.problem(.invalidDate, "the date cannot be read", found: date)
            }
            lastDate = (0..<date.count).map { date[$0] }
        }
        row.effectiveFrom = lastInstant
        row.termMonths = try Self.months(term.text(term.leaseLength), row)
        try set(.purchaseOption, term.text(term.purchaseOption))
        try set(.offeringClass, term.text(term.offeringClass))
    }

    private mutating func set(_ field: PriceText, _ text: Span<UInt8>) throws(PriceProblem) {
        if text.isEmpty { row.clear(field) } else { try row.set(field, text) }
    }

    /// `1yr`, and in CSV `1 yr`.
    private static func months(_ text: Span<UInt8>, _ row: borrowing PriceRowBuffer) throws(PriceProblem) -> Int? {
        if text.isEmpty { return nil }
        if text.equals("1yr") || text.equals("1 yr") { return 12 }
        if text.equals("3yr") || text.equals("3 yr") { return 36 }
        throw row.problem(
            .unknownTerm, "the length of the term is not known", found: text, advice: ReadingAdvice.skip(row.provider))
    }
}

extension AWSRateWriter {
    /// A rate's limits, read.
    private struct Tier {
        var rate: AWSTermBuffer.Rate
        /// Tiers of one price have the same: those of one currency and unit.
        var price: UInt64
        var start: ExactDecimal
        var end: ExactDecimal?
    }

    /// Checks the rates of a term, and puts tiers in order; they come in any.
    mutating func orderTiers(_ term: inout AWSTermBuffer) throws(PriceProblem) {
        if term.rates.count > 1 { try checkRepetition(term) }
        if term.rates.count(where: \.hasTier) < 2 {
            for rate in term.rates where rate.hasTier { try checkFirst(tier(rate, term), of: term) }
            return
        }
        var tiers: [Tier] = []
        for rate in term.rates {
            row.offset = rate.offset
            tiers.append(try tier(rate, term))
        }
        tiers.sort { left, right in
            left.rate.hasTier != right.rate.hasTier ? !left.rate.hasTier : left.start < right.start
        }
        var last: [UInt64: Tier] = [:]
        for tier in tiers where tier.rate.hasTier {
            if let before = last.updateValue(tier, forKey: tier.price) {
                try check(before, tier, of: term)
            } else {
                try checkFirst(tier, of: term)
            }
        }
        term.rates = tiers.map(\.rate)
    }

    private mutating func tier(
        _ rate: AWSTermBuffer.Rate, _ term: borrowing AWSTermBuffer
    ) throws(PriceProblem) -> Tier {
        let price = term.text(rate.unit).mixed(into: term.text(rate.currency).mixed(into: 0))
        row.offset = rate.offset
        let tier = Tier(rate: rate, price: price, start: try start(of: rate, term), end: try end(of: rate, term))
        if let end = tier.end, end <= tier.start {
            throw row.problem(.brokenTiers, "a tier ends before it starts", found: term.text(rate.end))
        }
        return tier
    }

    /// The lowest tier of a price starts at 0.
    private mutating func checkFirst(_ tier: Tier, of term: borrowing AWSTermBuffer) throws(PriceProblem) {
        guard !tier.start.isZero else { return }
        row.offset = tier.rate.offset
        throw row.problem(.brokenTiers, "the first tier does not start at 0", found: term.text(tier.rate.begin))
    }

    /// Sets the row's limits.
    private mutating func setTier(
        _ rate: AWSTermBuffer.Rate, of term: borrowing AWSTermBuffer
    ) throws(PriceProblem) {
        let start = try start(of: rate, term)
        let end = try end(of: rate, term)
        if let end, end <= start {
            throw row.problem(.brokenTiers, "a tier ends before it starts", found: term.text(rate.end))
        }
        row.tierStart = start
        row.tierEnd = end
    }

    private func start(
        of rate: AWSTermBuffer.Rate, _ term: borrowing AWSTermBuffer
    ) throws(PriceProblem) -> ExactDecimal {
        let text = term.text(rate.begin)
        return text.isEmpty || text.equals("0") ? .zero : try limit(text)
    }

    private func end(
        of rate: AWSTermBuffer.Rate, _ term: borrowing AWSTermBuffer
    ) throws(PriceProblem) -> ExactDecimal? {
        let text = term.text(rate.end)
        return text.isEmpty || text.equals("Inf") ? nil : try limit(text)
    }

    private func limit(_ text: Span<UInt8>) throws(PriceProblem) -> ExactDecimal {
        do {
            let value = try ExactDecimal(parsing: text)
            guard !value.isNegative else { throw ExactDecimalError.notANumber }
            return value
        } catch {
            throw row.problem(.invalidNumber, "a tier's limit is not a number from zero up", found: text)
        }
    }

    /// One rate may stand in a term once for each currency.
    private mutating func checkRepetition(_ term: borrowing AWSTermBuffer) throws(PriceProblem) {
        seenRates.clear()
        for rate in term.rates {
            let hash = term.text(rate.currency).mixed(into: term.text(rate.rateCode).mixed(into: 0))
            guard !seenRates.insert(hash) else { continue }
            row.offset = rate.offset
            throw row.problem(.duplicateKey, "one rate stands here twice", found: term.text(rate.rateCode))
        }
    }

    /// Two tiers of one price: the second starts where the first ends.
    private mutating func check(
        _ left: Tier, _ right: Tier, of term: borrowing AWSTermBuffer
    ) throws(PriceProblem) {
        guard left.end != right.start else { return }
        row.offset = right.rate.offset
        throw row.problem(
            .brokenTiers,
            "a tier starts at \(right.start) and the one before ends at \(left.end?.text ?? "no limit")",
            found: term.text(right.rate.rateCode),
            advice: "Leave the product out by the selection until the provider has mended its list.")
    }
}
