import CloudPrices
import Testing

/// The traps of Google's SKUs, one test each.
struct GoogleSKUTests {
    @Test func `a SKU is a row`() throws {
        let row = try #require(
            try GoogleList.rows([GoogleList.pricing([GoogleList.rate("0")], base: "s", factor: "3600")]).first)
        #expect(row.provider == .googleCloud && row.sku == "0001-0001-0001" && row.rateCode == "OnDemand")
        #expect(row.service == "Compute Engine" && row.productFamily == "Compute" && row.skuName == "CPU")
        #expect(row.description == "A core in Iowa" && row.region == "us-central1" && row.term == .onDemand)
        #expect(row.price.text == "0.1" && row.currency == "USD" && row.unit == "h" && row.normalisedUnit == "Hours")
        #expect(row.tierStart == 0 && row.tierEnd == nil && row.effectiveTo == nil)
        // Nanoseconds are cut to what the database keeps.
        #expect(row.effectiveFrom == PriceInstant("2025-01-01T00:00:00.123456Z"))
    }

    @Test(
        arguments: [
            ("2", "933908000", "2.933908"), ("0", "2878500", "0.0028785"), ("0", "1", "0.000000001"), ("10", "0", "10"),
            (nil, "5", "0.000000005"), ("7", nil, "7"), (nil, nil, "0"),
            ("9223372036854775807", "999999999", "9223372036854775807.999999999"),
        ] as [(String?, String?, String)]
    )
    func `units and nanos are one exact number, and what is zero may be left out`(
        units: String?, nanos: String?, price: String
    ) throws {
        let row = try #require(
            try GoogleList.rows([GoogleList.pricing([GoogleList.rate("0", units: units, nanos: nanos)])]).first)
        #expect(row.price.text == price)
    }

    @Test(
        arguments: [
            ("-1", "-500000000", PriceProblem.Code.negativePrice), ("0", "-1", .negativePrice),
            ("-1", "1", .invalidNumber),
            ("1", "-1", .invalidNumber), ("1", "1000000000", .invalidNumber), ("x", "0", .invalidNumber),
            ("1", "1.5", .invalidNumber), ("99999999999999999999", "0", .invalidNumber),
        ]
    )
    func `both have one sign, and prices are not negative`(units: String, nanos: String, code: PriceProblem.Code) {
        let problem = GoogleList.problem([GoogleList.pricing([GoogleList.rate("0", units: units, nanos: nanos)])])
        #expect(problem?.code == code && problem?.sku == "0001-0001-0001")
    }

    @Test func `both below zero are one number below zero`() {
        #expect(GoogleMoney(units: -1, nanos: -750_000_000).amount?.text == "-1.75")
        #expect(GoogleMoney(units: -1, nanos: 0).amount?.text == "-1")
        #expect(GoogleMoney(units: -1, nanos: 750_000_000).amount == nil)
    }

    @Test func `how many are shown is no block`() throws {
        let row = try #require(
            try GoogleList.rows([GoogleList.pricing([GoogleList.rate("0", nanos: "59800")], display: "1000")]).first)
        #expect(row.unitBlock == 1 && row.price.text == "0.0000598")
        let normalised = try row.normalisedPrice()
        #expect(normalised.text == "0.0000598")
    }

    @Test func `tiers end where the next ones start, the first may be free`() throws {
        let rates = [
            GoogleList.rate("1e+3", nanos: "2"), GoogleList.rate(nil, nanos: nil), GoogleList.rate("5", nanos: "3"),
        ]
        let rows = try GoogleList.rows([GoogleList.pricing(rates, unit: "GiBy.mo")])
        #expect(rows.map(\.tierStart) == [0, 5, 1000] && rows.map(\.tierEnd) == [5, 1000, nil])
        #expect(rows.map(\.price.text) == ["0", "0.000000003", "0.000000002"])
    }

    @Test func `a SKU is sold in each of its regions`() throws {
        let rows = try GoogleList.rows(
            [GoogleList.pricing([GoogleList.rate("0")])], regions: ["us-central1", "us-east1", "global"])
        #expect(rows.map(\.region) == ["us-central1", "us-east1", "global"])
        let everywhere = try GoogleList.rows([GoogleList.pricing([GoogleList.rate("0")])], regions: [])
        #expect(everywhere.map(\.region) == ["global"])
        var selection = ProviderSelection.everything
        selection.regions = TextMatcher(["us-east1"])
        let page = GoogleList.page([
            GoogleList.sku("a", [GoogleList.pricing([GoogleList.rate("0")])], regions: ["us-central1", "us-east1"]),
            GoogleList.sku("b", [GoogleList.pricing([GoogleList.rate("0")])], regions: ["us-west1"]),
        ])
        let (chosen, summary) = try GoogleList.read(page, selection)
        #expect(chosen.map(\.region) == ["us-east1"] && summary.productsKept == 1 && summary.productsLeftOut == 1)
    }

    @Test func `each entry of the timeline holds until the next one`() throws {
        let rows = try GoogleList.rows([
            GoogleList.pricing([GoogleList.rate("0", units: "2")], from: "2025-06-01T00:00:00Z"),
            GoogleList.pricing([GoogleList.rate("0", units: "1")], from: "2025-01-01T00:00:00Z"),
        ])
        #expect(rows.map(\.price.text) == ["1.1", "2.1"])
        let change = PriceInstant("2025-06-01T00:00:00Z")
        #expect(rows.map(\.effectiveTo) == [change, nil] && rows[1].effectiveFrom == change)
    }

    @Test func `one entry may be without a time, several may not`() throws {
        let timeless = GoogleList.pricing([GoogleList.rate("0")], from: "")
        let rows = try GoogleList.rows([timeless])
        #expect(rows.count == 1 && rows[0].effectiveFrom == nil)
        #expect(GoogleList.problem([timeless, GoogleList.pricing([GoogleList.rate("0")])])?.code == .invalidDate)
    }

    @Test(
        arguments: [
            ("OnDemand", PriceTerm.onDemand, nil), ("Preemptible", .spot, nil), ("Commit1Yr", .committedUse, 12),
            ("Commit3Yr", .committedUse, 36), ("Commit1Mo", .committedUse, 1),
        ] as [(String, PriceTerm, Int?)]
    )
    func `usage types are terms`(type: String, term: PriceTerm, months: Int?) throws {
        let row = try #require(try GoogleList.rows([GoogleList.pricing([GoogleList.rate("0")])], usage: type).first)
        #expect(row.term == term && row.termMonths == months && row.charge == .usage)
    }

    @Test func `a conversion that is not the known one is another unit`() throws {
        func problem(_ unit: String, _ base: String, _ factor: String) -> PriceProblem? {
            GoogleList.problem([GoogleList.pricing([GoogleList.rate("0")], unit: unit, base: base, factor: factor)])
        }
        #expect(problem("GiBy.h", "By.s", "3865470566400") == nil)
        #expect(problem("GiBy.mo", "By.s", "2875910101401600.0") == nil)
        #expect(problem("GiBy.mo", "By.s", "2.783138807808E+15") == nil, "a month of 30 days")
        #expect(problem("GiBy.h", "By.s", "3600")?.code == .unknownUnit)
        #expect(problem("GiBy.h", "B.s", "3865470566400")?.code == .unknownUnit)
        #expect(problem("h", "s", "\"many\"")?.code == .unknownUnit)
    }

    @Test(
        arguments: [
            ("unit", PriceProblem.Code.unknownUnit), ("region", .unknownRegion), ("usage", .unknownTerm),
            ("currency", .unknownCurrency),
            ("date", .invalidDate), ("sameDate", .invalidDate), ("gap", .brokenTiers), ("sameTier", .brokenTiers),
            ("start", .invalidNumber), ("other currency", .unknownCurrency),
        ]
    )
    func `what is wrong with a SKU is named and fails the run`(what: String, code: PriceProblem.Code) {
        let rate = GoogleList.rate("0")
        let good = GoogleList.pricing([rate])
        let problem: PriceProblem? =
            switch what {
            case "unit": GoogleList.problem([GoogleList.pricing([rate], unit: "parsec")])
            case "region": GoogleList.problem([good], regions: ["us-central1", "atlantis1"])
            case "usage": GoogleList.problem([good], usage: "Sometimes")
            case "currency": GoogleList.problem([GoogleList.pricing([GoogleList.rate("0", currency: "XXX")])])
            case "other currency": GoogleList.problem([GoogleList.pricing([GoogleList.rate("0", currency: "EUR")])])
            case "date": GoogleList.problem([GoogleList.pricing([rate], from: "soon")])
            case "sameDate": GoogleList.problem([good, good])
            case "gap": GoogleList.problem([GoogleList.pricing([GoogleList.rate("5")])])
            case "sameTier": GoogleList.problem([GoogleList.pricing([rate, GoogleList.rate("0.0")])])
            default: GoogleList.problem([GoogleList.pricing([GoogleList.rate("-1")])])
            }
        #expect(problem?.code == code, "\(String(describing: problem))")
        #expect(problem?.source == "page" && problem?.provider == .googleCloud)
    }

    @Test func `attributes by the catalog's names`() throws {
        var selection = ProviderSelection.everything
        selection.keptAttributes = ["resourceGroup", "aggregationInfo", "geoTaxonomy", "nothing"]
        let aggregation =
            "{\"aggregationLevel\":\"ACCOUNT\",\"aggregationInterval\":\"MONTHLY\",\"aggregationCount\":1}"
        let page = GoogleList.page([
            GoogleList.sku("a", [GoogleList.pricing([GoogleList.rate("0")], aggregation: aggregation)])
        ])
        let (rows, _) = try GoogleList.read(page, selection)
        #expect(
            rows.first?.attributes
                == #"{"resourceGroup":"CPU","aggregationInfo":"ACCOUNT MONTHLY 1","geoTaxonomy":"REGIONAL"}"#)
        selection.attributes = [.init(name: "resourceGroup", values: TextMatcher(["RAM"]))]
        let (none, _) = try GoogleList.read(page, selection)
        #expect(none.isEmpty)
    }

    @Test func `a SKU without prices is counted, and one that comes twice is one`() throws {
        let priced = GoogleList.sku("a", [GoogleList.pricing([GoogleList.rate("0")])])
        let (rows, summary) = try GoogleList.read(GoogleList.page([priced, GoogleList.sku("b", []), priced]))
        #expect(rows.count == 1 && summary.productsWithoutPrices == 1 && summary.duplicates == 1)
    }

    @Test func `a SKU that comes twice and says two things is a problem`() throws {
        let prices = [GoogleList.pricing([GoogleList.rate("0")])]
        let dearer = [GoogleList.pricing([GoogleList.rate("0", nanos: "200000000")])]
        for other in [
            GoogleList.sku("a", dearer), GoogleList.sku("a", prices + dearer),
            GoogleList.sku("a", prices, regions: ["us-central1", "us-east1"]),
        ] {
            let page = GoogleList.page([GoogleList.sku("a", prices), other, GoogleList.sku("a", prices)])
            let problems = #expect(throws: PriceProblems.self) { try GoogleList.read(page) }
            #expect(problems?.counts == [.listMoved: 1])
            #expect(problems?.samples.first?.sku == "a" && (problems?.samples.first?.offset ?? 0) > 0)
        }
        // What is not wanted is no fault.
        var selection = ProviderSelection.everything
        selection.families = TextMatcher(["Compute"])
        let page = GoogleList.page([GoogleList.sku("a", prices), GoogleList.sku("a", dearer, family: "Network")])
        #expect(try GoogleList.read(page, selection).rows.count == 1)
    }
}
