/// Reads a savings plan's rates, which have a grammar of their own: plans in an array, then their rates by plan.
///
/// A row prices the discounted product: its SKU is the one that the on-demand price has.
struct AWSSavingsPlanReader: ~Copyable {
    private struct Plan {
        var family = ""
        var purchaseOption = ""
        var purchaseTerm = ""
    }

    private let run: ScrapeRun
    private var plans: [String: Plan] = [:]
    private var writer: AWSRateWriter
    private var term = AWSTermBuffer()

    /// No file has so many plans.
    static let maximumPlans = 1_000_000

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
    }

    private mutating func read(_ json: inout JSONTokenizer) throws {
        var hasTerms = false
        try json.beginObject()
        while try json.nextKey() {
            if json.text.equals("products") {
                try readPlans(&json)
            } else if json.text.equals("terms") {
                hasTerms = true
                try json.beginObject()
                while try json.nextKey() {
                    if json.text.equals("savingsPlan") { try readTerms(&json) } else { try json.skipValue() }
                }
            } else {
                try json.skipValue()
            }
        }
        try json.finish()
        guard hasTerms else { throw json.wrongShape("a savings plan with 'terms' in it") }
    }

    private mutating func readPlans(_ json: inout JSONTokenizer) throws(PriceProblem) {
        try json.beginArray()
        while try json.nextElement() {
            var plan = Plan()
            var sku = ""
            try json.beginObject()
            while try json.nextKey() {
                if json.text.equals("sku") {
                    sku = try Self.string(&json)
                } else if json.text.equals("productFamily") {
                    plan.family = try Self.string(&json)
                } else if json.text.equals("attributes") {
                    try Self.readAttributes(&json, of: &plan)
                } else {
                    try json.skipValue()
                }
            }
            guard plans.updateValue(plan, forKey: sku) == nil else {
                throw json.problem(.duplicateKey, "the plan \(sku) stands here twice")
            }
            guard plans.count <= Self.maximumPlans else {
                throw json.problem(.limitExceeded, "there are more than \(Self.maximumPlans) plans")
            }
        }
    }

    private static func readAttributes(_ json: inout JSONTokenizer, of plan: inout Plan) throws(PriceProblem) {
        try json.beginObject()
        while try json.nextKey() {
            if json.text.equals("purchaseOption") {
                plan.purchaseOption = try string(&json)
            } else if json.text.equals("purchaseTerm") {
                plan.purchaseTerm = try string(&json)
            } else {
                try json.skipValue()
            }
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
            term.clear()
            term.term = .savingsPlan
            var description = ""
            var isKnown = false
            while try json.nextKey() {
                if json.text.equals("sku") {
                    isKnown = try setPlan(try Self.string(&json))
                } else if json.text.equals("description") {
                    description = try Self.string(&json)
                } else if json.text.equals("effectiveDate") {
                    try json.string()
                    term.effectiveDate = term.keep(json.text)
                } else if json.text.equals("rates"), isKnown {
                    try readRates(&json, description)
                } else {
                    try json.skipValue()
                }
            }
            if !isKnown { run.summary.pricesWithoutProduct += 1 }
        }
    }

    /// Sets what a plan's rates share; `false` if the list has no such plan or the selection does not want it.
    private mutating func setPlan(_ sku: String) throws(PriceProblem) -> Bool {
        guard let plan = plans[sku] else { return false }
        try writer.row.set(.productFamily, plan.family)
        let (option, length) = (Array(plan.purchaseOption.utf8), Array(plan.purchaseTerm.utf8))
        term.purchaseOption = term.keep(option.span)
        term.leaseLength = term.keep(length.span)
        return true
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
