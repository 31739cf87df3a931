/// Reads a savings plan's rates, which have a grammar of their own: plans in an array, then their rates by plan.
///
/// A row prices the discounted product: its SKU is the one that the on-demand price has.
struct AWSSavingsPlanReader: ~Copyable {
    private let run: ScrapeRun
    private var plans: AWSSavingsPlanTable
    private var writer: AWSRateWriter
    private var term = AWSTermBuffer()
    private var attributes = KeptAttributes()

    /// Reads the file of one region.
    static func read(
        _ source: any ByteSource, path: String, region: String, into run: ScrapeRun, units: UnitTable
    ) throws {
        var json = JSONTokenizer(source)
        var row = try run.begin(path)
        try row.set(.region, region)
        var reader = AWSSavingsPlanReader(run: run, writer: AWSRateWriter(run: run, row: row, units: units))
        try reader.read(&json)
        try run.end(bytesOfDocument: json.bytesRead)
    }

    private init(run: ScrapeRun, writer: consuming AWSRateWriter) {
        self.run = run
        self.writer = writer
        plans = AWSSavingsPlanTable(run.selection)
    }

    private mutating func read(_ json: inout JSONTokenizer) throws {
        var (hasPlans, hasTerms) = (false, false)
        try json.beginObject()
        while try json.nextKey() {
            if json.text.equals("products") {
                guard !hasPlans else { throw json.problem(.duplicateKey, "'products' stands here twice") }
                guard !hasTerms else { throw json.problem(.wrongShape, "the terms stand before the products") }
                hasPlans = true
                try plans.read(&json)
            } else if json.text.equals("terms") {
                guard !hasTerms else { throw json.problem(.duplicateKey, "'terms' stands here twice") }
                hasTerms = true
                try readKinds(&json)
            } else {
                try json.skipValue()
            }
        }
        try json.finish()
        guard hasTerms else { throw json.wrongShape("a savings plan with 'terms' in it") }
        let counts = plans.counts
        run.summary.productsKept += counts.wanted
        run.summary.productsLeftOut += counts.all - counts.wanted
    }

    private mutating func readKinds(_ json: inout JSONTokenizer) throws {
        var hasRates = false
        try json.beginObject()
        while try json.nextKey() {
            guard json.text.equals("savingsPlan") else {
                try json.skipValue()
                continue
            }
            guard !hasRates else { throw json.problem(.duplicateKey, "'savingsPlan' stands here twice") }
            hasRates = true
            try readTerms(&json)
        }
    }

    private static func string(_ json: inout JSONTokenizer) throws(PriceProblem) -> String {
        try json.string()
        return String(copying: json.text)
    }

    private mutating func readTerms(_ json: inout JSONTokenizer) throws {
        try json.beginArray()
        while try json.nextElement() {
            try json.beginObject()
            try readTerm(&json)
        }
    }

    /// Reads one plan's rates, of which each makes a row as it passes: what they share must stand before them.
    private mutating func readTerm(_ json: inout JSONTokenizer) throws {
        term.clear()
        term.term = .savingsPlan
        var description = ""
        var plan: AWSSavingsPlanTable.Plan?
        var (hasSKU, hasRates) = (false, false)
        while try json.nextKey() {
            if json.text.equals("sku") {
                plan = plans[try Self.string(&json)]
                hasSKU = true
                if let plan { try set(plan) }
            } else if json.text.equals("description") {
                description = try Self.string(&json)
            } else if json.text.equals("effectiveDate") {
                guard !hasRates else { throw json.problem(.wrongShape, "a plan's rates stand before their date") }
                try json.string()
                term.effectiveDate = term.keep(json.text)
            } else if json.text.equals("rates") {
                guard hasSKU else { throw json.problem(.wrongShape, "a plan's rates stand before its sku") }
                guard !hasRates else { throw json.problem(.duplicateKey, "'rates' stands here twice") }
                hasRates = true
                if plan?.isWanted == true { try readRates(&json, description) } else { try json.skipValue() }
            } else {
                try json.skipValue()
            }
        }
        if plan == nil { run.summary.pricesWithoutProduct += 1 }
    }

    /// Sets what a plan's rates share.
    private mutating func set(_ plan: AWSSavingsPlanTable.Plan) throws(PriceProblem) {
        try writer.row.set(.productFamily, plan.family)
        try attributes.set(on: &writer.row, run.selection.keptAttributes) { plan.kept[$0] }
        let (option, length) = (Array(plan.purchaseOption.utf8), Array(plan.purchaseTerm.utf8))
        term.purchaseOption = term.keep(option.span)
        term.leaseLength = term.keep(length.span)
    }

    private mutating func readRates(_ json: inout JSONTokenizer, _ description: String) throws {
        let shared = term.length
        let text = Array(description.utf8)
        try json.beginArray()
        var passed = 0
        while try json.nextElement() {
            passed += 1
            if passed % 4096 == 0 { try run.advance(bytesOfDocument: json.bytesRead) }
            term.cut(at: shared)
            var rate = AWSTermBuffer.Rate()
            rate.description = term.keep(text.span)
            let isWanted = try readRate(&json, &rate)
            guard isWanted else { continue }
            guard !writer.row.text(.sku).isEmpty, !writer.row.text(.service).isEmpty else {
                writer.row.offset = rate.offset
                run.record(
                    writer.row.problem(
                        .missingField, "a rate does not say what it is for", found: term.text(rate.rateCode)))
                continue
            }
            term.rates.append(rate)
            try writer.write(&term)
        }
        term.cut(at: shared)
    }

    private mutating func readRate(
        _ json: inout JSONTokenizer, _ rate: inout AWSTermBuffer.Rate
    ) throws(PriceProblem) -> Bool {
        var isWanted = true
        try json.beginObject()
        rate.offset = json.offset
        writer.row.clear(.sku)
        writer.row.clear(.service)
        writer.row.clear(.skuName)
        while try json.nextKey() {
            if json.text.equals("discountedSku") {
                try json.string()
                try writer.row.set(.sku, json.text)
            } else if json.text.equals("discountedServiceCode") {
                try json.string()
                try writer.row.set(.service, json.text)
                isWanted = run.selection.services.matches(json.text)
            } else if json.text.equals("discountedUsageType") {
                try json.string()
                try writer.row.set(.skuName, json.text)
            } else if json.text.equals("rateCode") {
                try json.string()
                rate.rateCode = term.keep(json.text)
            } else if json.text.equals("unit") {
                try json.string()
                rate.unit = term.keep(json.text)
            } else if json.text.equals("discountedRate") {
                try readPrice(&json, &rate)
            } else {
                try json.skipValue()
            }
        }
        return isWanted
    }

    private mutating func readPrice(
        _ json: inout JSONTokenizer, _ rate: inout AWSTermBuffer.Rate
    ) throws(PriceProblem) {
        try json.beginObject()
        while try json.nextKey() {
            if json.text.equals("price") {
                try json.string()
                rate.price = term.keep(json.text)
            } else if json.text.equals("currency") {
                try json.string()
                rate.currency = term.keep(json.text)
            } else {
                try json.skipValue()
            }
        }
    }
}
