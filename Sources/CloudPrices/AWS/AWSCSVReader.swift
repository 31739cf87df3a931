/// Reads an offer file in CSV: some lines about the file, then one line for each rate with its product's attributes.
///
/// Lines come in no order, so a rate that stands there twice is known by a hash of each rate that was kept; so are the
/// products that are counted. Memory grows by that, and by nothing else.
struct AWSCSVReader: ~Copyable {
    private let columns: AWSColumns
    private let run: ScrapeRun
    private let offerCode: String
    private var writer: AWSRateWriter
    private var term = AWSTermBuffer()
    private var places: AWSPlaces
    private var fields = AWSPlaces.Fields()
    private var rateCodes: Set<UInt64> = []
    private var skus: Set<UInt64> = []
    private var leftOut: Set<UInt64> = []
    private var tiers = AWSTierLines()

    /// Reads one file.
    static func read(
        _ source: any ByteSource, path: String, into run: ScrapeRun, units: UnitTable, regions: RegionTable
    ) throws {
        var csv = CSVReader(source)
        let header = try AWSCSVHeader.read(&csv, selection: run.selection)
        let row = try run.begin(path, version: header.version, published: header.published)
        var reader = AWSCSVReader(
            header: header, run: run, writer: AWSRateWriter(run: run, row: row, units: units),
            places: AWSPlaces(regions))
        // Lines of one offer come in any order, so its tiers are compared at the end.
        reader.writer.readsWholeTerms = false
        try reader.readRates(&csv)
    }

    private init(
        header: AWSCSVHeader, run: ScrapeRun, writer: consuming AWSRateWriter,
        places: consuming AWSPlaces
    ) {
        columns = header.columns
        offerCode = header.offerCode
        self.run = run
        self.writer = writer
        self.places = places
    }

    private mutating func readRates(_ csv: inout CSVReader) throws {
        var passed = 0
        while try csv.next() {
            passed += 1
            if passed % 4096 == 0 { try run.advance(bytesOfDocument: csv.bytesRead) }
            if isBlank(csv) { continue }
            writer.row.offset = csv.offset
            guard csv.endedWithLine || isWhole(csv) else {
                throw csv.problem(.truncated, "the document ends in the middle of a line", at: csv.bytesRead)
            }
            do throws(PriceProblem) {
                try checkLength(csv)
                guard try prepare(csv) else { continue }
            } catch {
                run.record(error)
                continue
            }
            let before = run.summary.rows
            try writer.write(&term)
            if run.summary.rows > before { tiers.add(writer.row) }
        }
        for fault in tiers.faults(in: writer.row.source.path) {
            run.record(fault.problem)
            // What fails the run needs no taking back.
            guard run.selection.rules.limit(of: .brokenTiers) != nil else { continue }
            try run.takeBack(sku: fault.sku, offer: fault.offer, rows: fault.rows)
        }
        run.summary.productsKept += skus.count
        run.summary.productsLeftOut += leftOut.count
        try run.end(bytesOfDocument: csv.bytesRead)
    }

    /// Whether a last line without a line end is there to its end: an unquoted field may have been longer.
    private func isWhole(_ csv: borrowing CSVReader) -> Bool {
        csv.fieldCount == columns.count && csv.endedWithQuote
    }

    /// Refuses a line that has lost or won fields.
    ///
    /// Every line of AWS's own has all fields. Lists that others have put together leave empty ones out at the end,
    /// which does no harm as long as no row is made of them.
    private func checkLength(_ csv: borrowing CSVReader) throws(PriceProblem) {
        guard csv.fieldCount <= columns.lastUsed || csv.fieldCount > columns.count else { return }
        throw writer.row.problem(
            csv.fieldCount > columns.count ? .wrongShape : .missingField,
            "a line has \(csv.fieldCount) of \(columns.count) fields", found: csv.field(0))
    }

    private func isBlank(_ csv: borrowing CSVReader) -> Bool {
        csv.fieldCount == 1 && csv.field(0).trimmingBlanks().isEmpty
    }

    /// Sets the row's product and the term of this line; `false` if the selection does not want it.
    private mutating func prepare(_ csv: borrowing CSVReader) throws(PriceProblem) -> Bool {
        let sku = csv.field(columns.sku)
        let kind = csv.field(columns.termType)
        let wanted: PriceTerm? = kind.equals("OnDemand") ? .onDemand : kind.equals("Reserved") ? .reserved : nil
        guard let wanted else { throw writer.row.problem(.unknownTerm, "the kind of term is not known", found: kind) }
        let hash = sku.mixed(into: 0)
        guard run.selection.terms.contains(wanted) else { return false }
        if !run.selection.families.isAll { run.note(.family, csv.field(columns.family)) }
        guard run.selection.families.matches(csv.field(columns.family)), meetsConditions(csv) else {
            leftOut.insert(hash)
            return false
        }
        try writer.row.set(.sku, sku)
        guard let region = try region(csv) else { return false }
        if !run.selection.regions.isAll { run.note(.region, region) }
        guard run.selection.regions.matches(region) else {
            leftOut.insert(hash)
            return false
        }
        let rateCode = csv.field(columns.rateCode)
        guard rateCodes.insert(rateCode.mixed(into: 0)).inserted else {
            throw writer.row.problem(.duplicateKey, "one rate stands here twice", found: rateCode)
        }
        skus.insert(hash)
        try setProduct(region, csv)
        setTerm(wanted, csv)
        return true
    }

    /// The row's region; `nil` if it is unknown and not asked for.
    private mutating func region(_ csv: borrowing CSVReader) throws(PriceProblem) -> String? {
        fields.clear()
        fields.place.code = fields.arena.append(csv.field(columns.regionCode))
        fields.place.location = fields.arena.append(csv.field(columns.location))
        fields.place.type = fields.arena.append(csv.field(columns.locationType))
        if fields.place.isEmpty {
            fields.from.code = fields.arena.append(csv.field(columns.fromRegionCode))
            fields.from.location = fields.arena.append(csv.field(columns.fromLocation))
            fields.from.type = fields.arena.append(csv.field(columns.fromLocationType))
            fields.to.code = fields.arena.append(csv.field(columns.toRegionCode))
            fields.to.location = fields.arena.append(csv.field(columns.toLocation))
            fields.to.type = fields.arena.append(csv.field(columns.toLocationType))
        }
        if let region = places.region(fields) { return region }
        let found = AWSPlaces.text(of: fields)
        run.note(.region, found)
        guard fields.deciding.code.isEmpty || run.selection.regions.matches(found) else { return nil }
        let bytes = Array(found.utf8)
        throw writer.row.problem(
            .unknownRegion, "the region is in no table", found: bytes.span,
            advice: ReadingAdvice.region(bytes.span, of: run.provider))
    }

    private func meetsConditions(_ csv: borrowing CSVReader) -> Bool {
        for (index, condition) in columns.conditions.enumerated() {
            run.note(.attribute(index), csv.field(condition.column))
            guard condition.values.matches(csv.field(condition.column)) else { return false }
        }
        return true
    }

    private mutating func setProduct(_ region: String, _ csv: borrowing CSVReader) throws(PriceProblem) {
        try writer.row.set(.region, region)
        let service = csv.field(columns.service)
        if service.isEmpty { try writer.row.set(.service, offerCode) } else { try writer.row.set(.service, service) }
        try set(.productFamily, csv.field(columns.family))
        try set(.skuName, csv.field(columns.usageType))
        guard !columns.kept.isEmpty else { return }
        var kept = ByteArena(capacity: 1024)
        for (name, column) in columns.kept where !csv.field(column).isEmpty {
            run.note(.keptAttribute, name.span)
            kept.append(kept.count == 0 ? "{\"" : ",\"")
            JSONText.append(name.span, to: &kept)
            kept.append("\":\"")
            JSONText.append(csv.field(column), to: &kept)
            kept.append("\"")
        }
        kept.append(kept.count == 0 ? "{}" : "}")
        try writer.row.set(.attributes, kept.text(0..<kept.count))
    }

    private mutating func set(_ field: PriceText, _ text: Span<UInt8>) throws(PriceProblem) {
        if text.isEmpty { writer.row.clear(field) } else { try writer.row.set(field, text) }
    }

    private mutating func setTerm(_ kind: PriceTerm, _ csv: borrowing CSVReader) {
        term.clear()
        term.term = kind
        term.effectiveDate = term.keep(csv.field(columns.effectiveDate))
        term.leaseLength = term.keep(csv.field(columns.leaseLength))
        term.purchaseOption = term.keep(csv.field(columns.purchaseOption))
        term.offeringClass = term.keep(csv.field(columns.offeringClass))
        var rate = AWSTermBuffer.Rate()
        rate.offset = csv.offset
        rate.rateCode = term.keep(csv.field(columns.rateCode))
        rate.description = term.keep(csv.field(columns.description))
        rate.unit = term.keep(csv.field(columns.unit))
        rate.begin = term.keep(csv.field(columns.begin))
        rate.end = term.keep(csv.field(columns.end))
        rate.currency = term.keep(csv.field(columns.currency))
        rate.price = term.keep(csv.field(columns.price))
        term.rates.append(rate)
    }
}
