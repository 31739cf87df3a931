/// Reads the terms of an offer: by SKU, by offer, by rate.
struct AWSTermReader: ~Copyable {
    private var writer: AWSRateWriter
    private var term = AWSTermBuffer()
    private var offers = SeenHashes()

    /// No product has so many offers.
    static let maximumOffers = 1_000_000

    init(writer: consuming AWSRateWriter) { self.writer = writer }

    /// Reads the object of one kind of terms.
    mutating func read(
        _ kind: PriceTerm, _ json: inout JSONTokenizer, joining products: inout AWSProductTable
    ) throws {
        let run = writer.run
        let bit: UInt8 = kind == .onDemand ? 1 : 2
        var passed = 0
        try json.beginObject()
        while try json.nextKey() {
            passed += 1
            if passed % 256 == 0 { try run.advance(bytesOfDocument: json.bytesRead) }
            guard let index = products.find(json.text) else {
                if !products.isLeftOut(json.text) { run.summary.pricesWithoutProduct += 1 }
                try json.skipValue()
                continue
            }
            writer.row.offset = json.offset
            guard products[index].terms & bit == 0 else {
                run.record(
                    writer.row.problem(.duplicateKey, "the terms of a product stand here twice", found: json.text))
                try json.skipValue()
                continue
            }
            products[index].terms |= bit
            let before = run.summary.rows
            try products.apply(index, to: &writer.row)
            try readOffers(kind, &json)
            if run.summary.rows > before { products[index].hasPrice = true }
        }
    }

    /// Reads the offers of one product.
    private mutating func readOffers(_ kind: PriceTerm, _ json: inout JSONTokenizer) throws {
        offers.clear()
        try json.beginObject()
        while try json.nextKey() {
            guard offers.count < Self.maximumOffers else {
                throw json.problem(.limitExceeded, "one product has more than \(Self.maximumOffers) offers")
            }
            guard offers.insert(json.text.mixed(into: 0)) else {
                writer.row.offset = json.offset
                writer.run.record(writer.row.problem(.duplicateKey, "an offer stands here twice", found: json.text))
                try json.skipValue()
                continue
            }
            term.clear()
            term.term = kind
            try readOffer(&json)
            try writer.write(&term)
        }
    }

    private mutating func readOffer(_ json: inout JSONTokenizer) throws(PriceProblem) {
        try json.beginObject()
        while try json.nextKey() {
            if json.text.equals("priceDimensions") {
                try json.beginObject()
                while try json.nextKey() { try readRate(&json) }
            } else if json.text.equals("effectiveDate") {
                try json.string()
                term.effectiveDate = term.keep(json.text)
            } else if json.text.equals("termAttributes") {
                try readAttributes(&json)
            } else {
                try json.skipValue()
            }
        }
    }

    private mutating func readAttributes(_ json: inout JSONTokenizer) throws(PriceProblem) {
        try json.beginObject()
        while try json.nextKey() {
            if json.text.equals("LeaseContractLength") {
                try json.string()
                term.leaseLength = term.keep(json.text)
            } else if json.text.equals("PurchaseOption") {
                try json.string()
                term.purchaseOption = term.keep(json.text)
            } else if json.text.equals("OfferingClass") {
                try json.string()
                term.offeringClass = term.keep(json.text)
            } else {
                try json.skipValue()
            }
        }
    }

    /// Reads one rate, of which each currency makes a row.
    private mutating func readRate(_ json: inout JSONTokenizer) throws(PriceProblem) {
        var rate = AWSTermBuffer.Rate()
        rate.offset = json.offset
        let first = term.rates.count
        var seen: UInt8 = 0
        try json.beginObject()
        while try json.nextKey() {
            let field = RateField(json.text)
            guard field != .other else {
                try json.skipValue()
                continue
            }
            guard seen & field.rawValue == 0 else {
                throw json.problem(.duplicateKey, "'\(String(copying: json.text))' stands in this rate twice")
            }
            seen |= field.rawValue
            if field == .pricePerUnit {
                try readPrices(&json)
                continue
            }
            try json.string()
            let text = term.keep(json.text)
            switch field {
            case .rateCode: rate.rateCode = text
            case .description: rate.description = text
            case .beginRange: rate.begin = text
            case .endRange: rate.end = text
            default: rate.unit = text
            }
        }
        if term.rates.count == first { term.rates.append(.init()) }
        try checkSize(json)
        for index in first..<term.rates.count {
            rate.currency = term.rates[index].currency
            rate.price = term.rates[index].price
            term.rates[index] = rate
        }
    }

    private mutating func readPrices(_ json: inout JSONTokenizer) throws(PriceProblem) {
        try json.beginObject()
        while try json.nextKey() {
            var rate = AWSTermBuffer.Rate()
            rate.currency = term.keep(json.text)
            // Always a text so far; a number would say the same.
            let token = try json.next()
            guard token == .string || token == .number else { throw json.wrongShape("a price") }
            rate.price = term.keep(json.text)
            term.rates.append(rate)
            try checkSize(json)
        }
    }

    private func checkSize(_ json: borrowing JSONTokenizer) throws(PriceProblem) {
        guard term.rates.count > AWSTermBuffer.maximumRates || term.length > AWSTermBuffer.maximumLength else { return }
        throw json.problem(
            .limitExceeded,
            "one term has more than \(AWSTermBuffer.maximumRates) rates or \(AWSTermBuffer.maximumLength) bytes")
    }

    /// The fields of a rate that are read, one bit each.
    private enum RateField: UInt8 {
        case other = 0
        case rateCode = 1
        case description = 2
        case beginRange = 4
        case endRange = 8
        case unit = 16
        case pricePerUnit = 32

        @inline(__always)
        init(_ name: Span<UInt8>) {
            switch name.count {
            case 4 where name.equals("unit"): self = .unit
            case 8 where name.equals("rateCode"): self = .rateCode
            case 8 where name.equals("endRange"): self = .endRange
            case 10 where name.equals("beginRange"): self = .beginRange
            case 11 where name.equals("description"): self = .description
            case 12 where name.equals("pricePerUnit"): self = .pricePerUnit
            default: self = .other
            }
        }
    }
}
