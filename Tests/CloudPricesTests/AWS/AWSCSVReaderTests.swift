import CloudPrices
import Testing

struct AWSCSVReaderTests {
    private static let header = """
        sep=,
        "FormatVersion","v1.0"
        "Disclaimer","None, of ""this"" is
        real"
        "Publication Date","2018-04-04T16:53:11Z"
        "Version","20180404165311"
        "OfferCode","AmazonS3"
        "SKU","OfferTermCode","RateCode","TermType","PriceDescription","EffectiveDate","StartingRange","EndingRange",\
        "Unit","PricePerUnit","Currency","LeaseContractLength","PurchaseOption","Product Family","serviceCode",\
        "Location","Storage Class"

        """

    private func line(
        _ rateCode: String, price: String = "0.0230000000", begin: String = "0", end: String = "Inf",
        date: String = "01/03/2018",
        location: String = "EU (Ireland)", type: String = "OnDemand", lease: String = ""
    ) -> String {
        "\"S\",\"O\",\"\(rateCode)\",\"\(type)\",\"$0.023, the \"\"first\"\"\",\"\(date)\",\"\(begin)\",\"\(end)\","
            + "\"GB-Mo\",\"\(price)\",\"USD\",\"\(lease)\",\"\",\"Storage\",\"AmazonS3\",\"\(location)\","
            + "\"Standard\"\r\n"
    }

    @Test(arguments: [
        [("a", "0", "10"), ("c", "20", "Inf")], [("b", "5", "Inf")], [("a", "0", "10"), ("b", "5", "Inf")],
    ])
    func `an offer whose tiers do not follow each other is left out whole, wherever its lines stand`(
        tiers: [(code: String, begin: String, end: String)]
    ) throws {
        let odd = tiers.map { line("S.O.\($0.code)", begin: $0.begin, end: $0.end) } + [line("S.O.whole")]
        let good = [line("S.P.a", end: "10"), line("S.P.b", begin: "10"), line("S.OO.a")]
        for lines in [odd + good, good + odd, Array((odd + good).reversed())] {
            let text = Self.header + lines.joined()
            let result = try read(text, format: .csv)
            #expect(result.rows.map(\.rateCode).sorted() == ["S.OO.a", "S.P.a", "S.P.b"])
            #expect(result.summary.leftOut.counts == [.brokenTiers: 1])
            #expect(problem(text, format: .csv)?.code == .brokenTiers)
        }
    }

    @Test(arguments: [1, 3, 64, .max])
    func `a file in AWS's own style`(blockSize: Int) throws {
        let text = Self.header + line("a", end: "51200") + line("b", begin: "51200", date: "2018-03-01") + "\n"
        let result = try read(text, format: .csv, blockSize: blockSize)
        #expect(result.rows.map(\.rateCode) == ["a", "b"])
        #expect(result.rows.map(\.tierEnd) == [51200, nil])
        #expect(result.rows.map(\.price.text) == ["0.0230000000", "0.0230000000"])
        #expect(result.rows.map(\.description) == ["$0.023, the \"first\"", "$0.023, the \"first\""])
        #expect(Set(result.rows.map(\.effectiveFrom)) == [PriceInstant("2018-03-01T00:00:00Z")])
        #expect(result.rows.map(\.region) == ["eu-west-1", "eu-west-1"])
        #expect(result.summary.documents.first?.version == "20180404165311")
        #expect(result.summary.documents.first?.published == PriceInstant("2018-04-04T16:53:11Z"))
        #expect(result.summary.productsKept == 1)
    }

    @Test func `the selection works on columns as on attributes`() throws {
        let text = Self.header + line("a") + line("r", type: "Reserved", lease: "3 yr")
        var selection = ProviderSelection.everything
        selection.terms = [.reserved]
        selection.attributes = [.init(name: "storageClass", values: TextMatcher(["Standard"]))]
        selection.keptAttributes = ["storageClass"]
        let rows = try read(text, selection, format: .csv).rows
        #expect(rows.map(\.rateCode) == ["r"] && rows.map(\.termMonths) == [36])
        #expect(rows.map(\.attributes) == [#"{"storageClass":"Standard"}"#])
        selection.attributes = [.init(name: "storageClass", values: TextMatcher(["Glacier"]))]
        #expect(try read(text, selection, format: .csv).rows.isEmpty)
    }

    @Test func `a semicolon may separate`() throws {
        let text = (Self.header + line("a")).replacing("\",\"", with: "\";\"").replacing("sep=,", with: "sep=;")
        #expect(try read(text, format: .csv).rows.map(\.rateCode) == ["a"])
    }

    @Test func `rows that are wrong fail the run with their place`() throws {
        #expect(problem(Self.header + line("a") + line("a"), format: .csv)?.code == .duplicateKey)
        let region = problem(Self.header + line("a", location: "Atlantis"), format: .csv)
        #expect(
            region?.code == .unknownRegion && region?.found == "Atlantis" && region?.offset == Self.header.utf8.count)
        #expect(problem(Self.header + line("a", price: "free"), format: .csv)?.code == .invalidNumber)
        #expect(problem(Self.header + line("a", price: "-1"), format: .csv)?.code == .negativePrice)
        #expect(problem(Self.header + line("a", begin: "9", end: "3"), format: .csv)?.code == .brokenTiers)
        #expect(problem(Self.header + line("a", date: "32/01/2018"), format: .csv)?.code == .invalidDate)
        #expect(problem(Self.header + line("a", type: "Never"), format: .csv)?.code == .unknownTerm)
        #expect(problem(Self.header + "a,b,c\n", format: .csv)?.code == .missingField)
        let more = problem(Self.header + line("a").replacing("\r\n", with: ",\"x\"\r\n"), format: .csv)
        #expect(more?.code == .wrongShape && more?.message == "a line has 18 of 17 fields")
    }

    @Test func `a short line is wrong as soon as rows are made of what it lacks`() throws {
        let short = line("a").replacing(",\"Standard\"\r\n", with: "\n")
        #expect(try read(Self.header + short, format: .csv).rows.map(\.rateCode) == ["a"])
        var selection = ProviderSelection.everything
        selection.keptAttributes = ["storageClass"]
        let kept = #expect(throws: PriceProblems.self) { try read(Self.header + short, selection, format: .csv) }
        #expect(kept?.counts == [.missingField: 1])
        // No region: it would be a price that holds everywhere.
        let shorter = short.replacing(",\"EU (Ireland)\"", with: "")
        let place = problem(Self.header + shorter + line("b"), format: .csv)
        #expect(place?.code == .missingField && place?.message == "a line has 15 of 17 fields")
    }

    @Test(arguments: [
        ("", "truncated"), ("<html></html>", "wrong_shape"), ("{\"a\":1}", "wrong_shape"),
        ("a;b\nc;d\n", "wrong_shape"),
        ("SKU,RateCode\n", "wrong_shape"), (String(repeating: "x\n", count: 100), "wrong_shape"),
        ("\"" + String(repeating: "x", count: 400_000), "limit_exceeded"),
    ])
    func `what is no offer is refused`(text: String, code: String) {
        let problem = #expect(throws: PriceProblem.self) { try read(text, format: .csv) }
        #expect(problem?.code.rawValue == code)
    }

    @Test(arguments: [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0x00]] as [[UInt8]])
    func `bytes that are no text are refused with their place`(wrong: [UInt8]) throws {
        let good = Self.header + line("a") + line("b", location: "EU (Ireland)").replacing("the ", with: "thé ")
        #expect(try read(good, format: .csv).rows.last?.description == "$0.023, thé \"first\"")
        var bytes = Array(good.utf8)
        let place = try #require(bytes.firstRange(of: Array("thé".utf8))?.lowerBound)
        bytes.replaceSubrange(place..<place + 1, with: wrong)
        let problem = #expect(throws: PriceProblem.self) { try read(bytes, format: .csv) }
        #expect(problem?.code == .malformed && problem?.offset == place)
    }

    @Test func `a file that is cut short is told so`() {
        let text = Self.header + line("a")
        for cut in [
            "\"0.0230000", ",\"GB-Mo\",", "\"S\",\"O\"", "\"USD\"", "\"Storage\"", "\"EU (Ireland)\"", "\"Standard",
        ] {
            let end = text.ranges(of: cut).last?.upperBound ?? text.endIndex
            let problem = #expect(throws: PriceProblem.self) { try read(String(text[..<end]), format: .csv) }
            #expect(problem?.code == .truncated, "\(cut)")
        }
        let bare = text.replacing("\"Standard\"\r\n", with: "Stand")
        #expect(throws: PriceProblem.self) { try read(bare, format: .csv) }
    }

    @Test func `a last line that is whole needs no line end`() throws {
        let text = Self.header + line("a").replacing("\r\n", with: "")
        #expect(try read(text, format: .csv).rows.map(\.rateCode) == ["a"])
    }
}
