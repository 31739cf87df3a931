/// Reads an offer file in JSON: products first, then the terms that price them.
///
/// Only the kept products are held in memory, by SKU; each term is joined with its product as it passes. Whatever the
/// selection does not want is skipped, and reading ends where nothing more is wanted.
struct AWSOfferReader: ~Copyable {
    private var json: JSONTokenizer
    private var products = AWSProductReader.Table()
    private var terms: AWSTermReader
    private let run: ScrapeRun

    /// What stands before the products.
    private struct Header {
        var offerCode = ""
        var version: String?
        var published: PriceInstant?
    }

    /// Reads one file; its rows' source is `path`.
    static func read(
        _ source: any ByteSource, path: String, into run: ScrapeRun, units: UnitTable, regions: RegionTable
    ) throws {
        var json = JSONTokenizer(source)
        try json.beginObject()
        guard let header = try header(&json) else {
            throw json.wrongShape("an offer with 'products' in it")
        }
        let row = try run.begin(path, version: header.version, published: header.published)
        var productReader = AWSProductReader(run: run, regions: regions, offerCode: header.offerCode, path: path)
        try productReader.read(&json)
        var reader = AWSOfferReader(
            json: json, products: productReader.finish(),
            terms: AWSTermReader(writer: AWSRateWriter(run: run, row: row, units: units)), run: run)
        try reader.readTerms()
    }

    private init(
        json: consuming JSONTokenizer, products: consuming AWSProductReader.Table, terms: consuming AWSTermReader,
        run: ScrapeRun
    ) {
        self.json = json
        self.products = products
        self.terms = terms
        self.run = run
    }

    /// Reads up to the products; `nil` if there are none.
    private static func header(_ json: inout JSONTokenizer) throws(PriceProblem) -> Header? {
        var header = Header()
        while try json.nextKey() {
            if json.text.equals("products") { return header }
            if json.text.equals("terms") {
                throw json.problem(
                    .wrongShape, "the terms stand before the products",
                    advice: "An offer file lists its products first; this one cannot be joined in one pass.")
            }
            if json.text.equals("offerCode") {
                try json.string()
                header.offerCode = String(copying: json.text)
            } else if json.text.equals("version") {
                try json.string()
                header.version = String(copying: json.text)
            } else if json.text.equals("publicationDate") {
                try json.string()
                header.published = PriceInstant(json.text)
            } else {
                try json.skipValue()
            }
        }
        return nil
    }

    /// Reads what follows the products.
    private mutating func readTerms() throws {
        var hasTerms = false
        while try json.nextKey() {
            guard !json.text.equals("products") else {
                throw json.problem(.duplicateKey, "'products' stands here twice")
            }
            guard json.text.equals("terms") else {
                try json.skipValue()
                continue
            }
            guard !hasTerms else { throw json.problem(.duplicateKey, "'terms' stands here twice") }
            hasTerms = true
            if try !readKinds() { return try end() }
        }
        guard hasTerms else { throw json.wrongShape("an offer with 'terms' in it") }
        try json.finish()
        try end()
    }

    /// Reads each kind of terms; `false` when nothing more is wanted and reading may end in the middle.
    private mutating func readKinds() throws -> Bool {
        var wanted = run.selection.terms.intersection([.onDemand, .reserved])
        var seen: Set<PriceTerm> = []
        try json.beginObject()
        while try json.nextKey() {
            let kind: PriceTerm? =
                json.text.equals("OnDemand") ? .onDemand : json.text.equals("Reserved") ? .reserved : nil
            guard let kind else {
                run.record(
                    json.problem(
                        .unknownTerm, "the kind of terms '\(String(copying: json.text))' is not known",
                        advice: "Its prices were not read."))
                try json.skipValue()
                continue
            }
            guard seen.insert(kind).inserted else {
                throw json.problem(.duplicateKey, "'\(String(copying: json.text))' stands here twice")
            }
            if wanted.remove(kind) != nil {
                try terms.read(kind, &json, joining: &products)
            } else {
                // What is left can only be a kind that is not wanted.
                if wanted.isEmpty { return false }
                try json.skipValue()
            }
        }
        return true
    }

    private mutating func end() throws {
        run.summary.productsKept += products.count
        run.summary.productsLeftOut += products.leftOutCount
        run.summary.productsWithoutPrices += products.withoutPrice
        try run.end(bytesOfDocument: json.bytesRead)
    }
}
