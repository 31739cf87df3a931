import CloudPrices
import Testing

struct AWSOfferFaultTests {
    private func offer(_ price: String = "1", unit: String = "Hrs", currency: String = "USD") -> OfferText {
        OfferText.onDemand([OfferText.rate("a", price, unit: unit, currency: currency)])
    }

    @Test func `unknown units, regions and currencies fail the run with their rows`() {
        let unit = problem(offer(unit: "Fortnights").json)
        #expect(unit?.code == .unknownUnit && unit?.found == "Fortnights" && unit?.sku == "AAA" && unit?.advice != "")
        let currency = problem(offer(currency: "XXX").json)
        #expect(currency?.code == .unknownCurrency && currency?.found == "XXX")
        let region = problem(OfferText.onDemand([OfferText.rate("a", "1")], region: "moon-north-1").json)
        #expect(region?.code == .unknownRegion && region?.found == "moon-north-1" && region?.sku == "AAA")
    }

    @Test func `an unknown region that is not asked for is no fault`() throws {
        var selection = ProviderSelection.everything
        selection.regions = TextMatcher(["eu-*"])
        #expect(try read(OfferText.onDemand([], region: "moon-north-1").json, selection).rows.isEmpty)
    }

    @Test(arguments: [
        ("N/A", "invalid_number"), ("", "missing_field"), ("-0.1", "negative_price"), ("1,5", "invalid_number"),
    ])
    func `a price that is none fails the run`(price: String, code: String) {
        let problem = problem(offer(price).json)
        #expect(problem?.code.rawValue == code && problem?.sku == "AAA" && (problem?.offset ?? 0) > 0)
    }

    @Test(arguments: [("10", "20"), ("10", "5"), ("Inf", "10")])
    func `a gap between tiers, or an overlap, fails the run`(end: String, begin: String) {
        let rates = [OfferText.rate("a", "2", end: end), OfferText.rate("b", "1", begin: begin)]
        #expect(problem(OfferText.onDemand(rates).json)?.code == .brokenTiers)
    }

    @Test func `a gap between tiers is found among those of another currency`() {
        let rates = ["USD", "CNY"].flatMap { currency in
            [
                OfferText.rate("a", "2", end: "10", currency: currency),
                OfferText.rate("b", "1", begin: currency == "CNY" ? "20" : "10", currency: currency),
            ]
        }
        let gap = problem(OfferText.onDemand(rates).json)
        #expect(gap?.code == .brokenTiers && gap?.message == "a tier starts at 20 and the one before ends at 10")
    }

    @Test func `what stands twice is found among many`() throws {
        var codes = (0..<100).map { "AAA.\($0)" }
        var offer = OfferText(products: [OfferText.product("AAA")])
        func read() throws -> OfferResult {
            let offers = codes.map { ($0, OfferText.offer([OfferText.rate($0 + ".x", "1")])) }
            offer.terms = [("OnDemand", [("AAA", offers)])]
            return try CloudPricesTests.read(offer.json)
        }
        #expect(try read().rows.count == 100)
        codes += ["AAA.0", "AAA.70"]
        #expect(#expect(throws: PriceProblems.self) { try read() }?.counts == [.duplicateKey: 2])
        let rates = (0..<100).map { OfferText.rate("r\($0)", "1", begin: "\($0)", end: $0 < 99 ? "\($0 + 1)" : "Inf") }
        #expect(try CloudPricesTests.read(OfferText.onDemand(rates).json).rows.count == 100)
        #expect(problem(OfferText.onDemand(rates + [rates[70]]).json)?.code == .duplicateKey)
    }

    @Test func `a tier that ends before it starts, or at no number, fails the run`() {
        let backwards = OfferText.onDemand([OfferText.rate("a", "2", begin: "10", end: "5")])
        #expect(problem(backwards.json)?.code == .brokenTiers)
        let words = OfferText.onDemand([OfferText.rate("a", "2", end: "much")])
        #expect(problem(words.json)?.code == .invalidNumber)
    }

    @Test func `every problem is counted, and good rows are still read`() {
        let rates = (0..<50).map { ("AAA.\($0)", OfferText.offer([OfferText.rate("AAA.\($0).x", "1", unit: "Moons")])) }
        let offer = OfferText(products: [OfferText.product("AAA")], terms: [("OnDemand", [("AAA", rates)])])
        let problems = #expect(throws: PriceProblems.self) { try read(offer.json) }
        #expect(problems?.counts == [.unknownUnit: 50])
        #expect(problems?.samples.map(\.found) == ["Moons"])
    }

    @Test func `a date, a lease or a kind of terms that is not known fails the run`() {
        #expect(problem(OfferText.onDemand([OfferText.rate("a", "1")], date: "soon").json)?.code == .invalidDate)
        var offer = offer()
        offer.terms[0].entries[0].offers[0].body = OfferText.offer(
            [OfferText.rate("a", "1")], attributes: [("LeaseContractLength", "2yr")])
        #expect(problem(offer.json)?.code == .unknownTerm)
        offer.terms[0].kind = "Whenever"
        #expect(problem(offer.json)?.code == .unknownTerm)
    }

    @Test func `what stands twice is found`() throws {
        var offer = AWSOfferReaderTests.both
        offer.products.append(offer.products[0])
        #expect(problem(offer.json)?.code == .duplicateKey)
        offer = AWSOfferReaderTests.both
        offer.terms[0].entries.append(offer.terms[0].entries[0])
        #expect(problem(offer.json)?.code == .duplicateKey)
        offer = AWSOfferReaderTests.both
        offer.terms[0].entries[0].offers.append(offer.terms[0].entries[0].offers[0])
        #expect(problem(offer.json)?.code == .duplicateKey)
        let rate = OfferText.rate("a", "1")
        #expect(problem(OfferText.onDemand([rate, rate]).json)?.code == .duplicateKey)
        let json = OfferText.onDemand([rate]).json.replacing(
            "\"unit\" : \"Hrs\"", with: "\"unit\":\"Hrs\",\"unit\":\"GB\"")
        let twice = #expect(throws: PriceProblem.self) { try read(json) }
        #expect(twice?.code == .duplicateKey)
    }

    @Test func `a part of an offer that stands twice ends the reading`() {
        func code(_ text: String, _ terms: Set<PriceTerm> = Set(PriceTerm.allCases)) -> PriceProblem.Code? {
            var selection = ProviderSelection.everything
            selection.terms = terms
            return #expect(throws: PriceProblem.self) { try read(text, selection) }?.code
        }
        let json = AWSOfferReaderTests.both.json
        #expect(code(json.replacing("\"attributesList\"", with: "\"products\"")) == .duplicateKey)
        var offer = AWSOfferReaderTests.both
        offer.terms.append(offer.terms[0])
        #expect(code(offer.json) == .duplicateKey)
        offer.terms = [offer.terms[0], offer.terms[0]]
        #expect(code(offer.json, [.onDemand]) == .duplicateKey)
        offer.terms = [AWSOfferReaderTests.both.terms[1], AWSOfferReaderTests.both.terms[1]]
        #expect(code(offer.json, [.onDemand, .reserved]) == .duplicateKey)
    }

    @Test func `an attribute that a product has twice is found`() throws {
        var offer = AWSOfferReaderTests.both
        offer.products[0].attributes.append(("regionCode", "us-east-1"))
        #expect(problem(offer.json)?.code == .duplicateKey)
        offer = AWSOfferReaderTests.both
        offer.products[0].attributes += [("tenancy", "Shared"), ("tenancy", "Host"), ("vcpu", "1"), ("vcpu", "1")]
        // What nobody asks for is passed over.
        #expect(try read(offer.json).rows.count == 4)
        var selection = ProviderSelection.everything
        selection.keptAttributes = ["vcpu"]
        let kept = problem(offer.json, selection)
        #expect(kept?.code == .duplicateKey && kept?.sku == "AAA")
        selection.keptAttributes = []
        selection.attributes = [.init(name: "tenancy", values: TextMatcher(["Shared"]))]
        #expect(problem(offer.json, selection)?.code == .duplicateKey)
    }

    @Test func `currencies without end are refused while they come`() {
        let currencies = (0..<20_000).map { "\"C\($0)\" : \"1\"" }.joined(separator: ",")
        let json = OfferText.onDemand([OfferText.rate("a", "1")]).json
        let cut = json.replacing("\"USD\" : \"1\"", with: currencies + ",")
        let end = cut.firstRange(of: currencies)?.upperBound ?? cut.endIndex
        let problem = #expect(throws: PriceProblem.self) { try read(String(cut[..<end])) }
        #expect(problem?.code == .limitExceeded)
    }

    @Test func `a file that is cut short is told so wherever it is cut`() {
        let bytes = Array(AWSOfferReaderTests.both.json.utf8)
        for count in stride(from: 1, to: bytes.count - 1, by: 7) {
            let problem = #expect(throws: PriceProblem.self) { try read(Array(bytes.prefix(count))) }
            #expect(problem?.code == .truncated || problem?.code == .malformed, "\(count)")
        }
    }

    @Test(arguments: [
        ("<html><body>Access denied</body></html>", "malformed"), ("{}", "wrong_shape"), ("[]", "wrong_shape"),
        ("", "truncated"),
        ("{\"products\" : []}", "wrong_shape"), ("{\"products\" : {}}", "wrong_shape"),
        ("{\"terms\" : {}, \"products\" : {}}", "wrong_shape"), ("{\"products\" : {\"A\" : 1}}", "wrong_shape"),
        ("{\"products\" : {}, \"terms\" : {}} x", "malformed"),
    ])
    func `what is no offer is refused`(text: String, code: String) {
        let problem = #expect(throws: PriceProblem.self) { try read(text) }
        #expect(problem?.code.rawValue == code)
    }

    @Test func `bytes that are not UTF-8, and depth without end, are refused`() {
        let json = offer().json
        let bytes = Array(json.replacing("what", with: "wh\u{1}t").utf8).map { $0 == 1 ? 0xFF : $0 }
        let text = #expect(throws: PriceProblem.self) { try read(bytes) }
        #expect(text?.code == .malformed && text?.offset == bytes.firstIndex(of: 0xFF))
        let zero = #expect(throws: PriceProblem.self) { try read(json.replacing("what", with: "wh\\u0000t")) }
        #expect(zero?.code == .malformed)
        let deep = "{\"products\" : " + String(repeating: "{\"a\":", count: 1000)
        #expect(throws: PriceProblem.self) { try read(deep) }
    }
}
