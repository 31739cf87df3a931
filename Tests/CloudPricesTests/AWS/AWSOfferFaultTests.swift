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
