/// Makes rows of a term's rates: checks their tiers, resolves units, currencies and dates, and gives them on.
struct AWSRateWriter: ~Copyable {
    let run: ScrapeRun
    var row: PriceRowBuffer
    private var units: UnitResolver
    private var currencies = TextTable()
    private var isCurrency: [Bool] = []
    private var lastDate: [UInt8] = []
    private var lastInstant: PriceInstant?

    init(run: ScrapeRun, row: consuming PriceRowBuffer, units: UnitTable) {
        self.run = run
        self.row = row
        self.units = UnitResolver(units)
    }

    /// Writes the rows of a term of the product that `row` was set to.
    mutating func write(_ term: inout AWSTermBuffer) throws {
        do throws(PriceProblem) {
            row.offset = term.rates.first?.offset ?? row.offset
            try applyTerm(term)
            if term.rates.count > 1 || term.rates.first?.hasTier == true { try orderTiers(&term) }
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
        row.tierStart = rate.tierStart
        row.tierEnd = rate.tierEnd
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
            throw row.problem(.unknownCurrency, "the currency is in no table", found: code)
        }
        try row.set(.currency, code)
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
        throw row.problem(.unknownTerm, "the length of the term is not known", found: text)
    }
}

extension AWSRateWriter {
    /// Reads the limits of tiers and puts them in order; they come in any.
    mutating func orderTiers(_ term: inout AWSTermBuffer) throws(PriceProblem) {
        for index in term.rates.indices {
            var rate = term.rates[index]
            try readTier(&rate, of: term)
            term.rates[index] = rate
        }
        guard term.rates.count > 1 else { return }
        if term.term != .onDemand || term.rates.count > 2 || !isInOrder(term) {
            term.rates.sort { left, right in
                left.hasTier != right.hasTier ? !left.hasTier : left.tierStart < right.tierStart
            }
        }
        for index in term.rates.indices.dropFirst() { try checkNeighbours(index, of: term) }
    }

    private func isInOrder(_ term: borrowing AWSTermBuffer) -> Bool {
        term.rates[0].tierStart <= term.rates[1].tierStart && term.rates[0].hasTier && term.rates[1].hasTier
    }

    private mutating func readTier(_ rate: inout AWSTermBuffer.Rate, of term: borrowing AWSTermBuffer)
        throws(PriceProblem)
    {
        row.offset = rate.offset
        let (begin, end) = (term.text(rate.begin), term.text(rate.end))
        if !begin.isEmpty, !begin.equals("0") { rate.tierStart = try limit(begin) }
        if !end.isEmpty, !end.equals("Inf") {
            let limit = try limit(end)
            guard rate.tierStart < limit else {
                throw row.problem(.brokenTiers, "a tier ends before it starts", found: end)
            }
            rate.tierEnd = limit
        }
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

    /// Two rates of one currency and unit are tiers of one price: the second starts where the first ends.
    private mutating func checkNeighbours(_ index: Int, of term: borrowing AWSTermBuffer) throws(PriceProblem) {
        let (left, right) = (term.rates[index - 1], term.rates[index])
        row.offset = right.offset
        let sameCurrency = term.text(left.currency).equals(term.text(right.currency))
        if term.text(left.rateCode).equals(term.text(right.rateCode)), sameCurrency {
            throw row.problem(.duplicateKey, "one rate stands here twice", found: term.text(right.rateCode))
        }
        guard left.hasTier, right.hasTier, sameCurrency, term.text(left.unit).equals(term.text(right.unit)) else {
            return
        }
        guard let end = left.tierEnd, end == right.tierStart else {
            throw row.problem(
                .brokenTiers,
                "a tier starts at \(right.tierStart) and the one before ends at "
                    + (left.tierEnd?.text ?? "no limit"), found: term.text(right.rateCode),
                advice: "Leave the product out by the selection until the provider has mended its list.")
        }
    }
}
