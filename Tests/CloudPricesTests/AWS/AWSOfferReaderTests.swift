import CloudPrices
import Testing

/// What came of reading one file.
struct OfferResult {
    var rows: [PriceRow]
    var summary: ScrapeSummary
}

func read(
    _ text: String, _ selection: ProviderSelection = .everything, format: AWSOfferFormat = .json,
    blockSize: Int = .max
) throws -> OfferResult {
    try read(Array(text.utf8), selection, format: format, blockSize: blockSize)
}

func read(
    _ bytes: [UInt8], _ selection: ProviderSelection = .everything, format: AWSOfferFormat = .json,
    blockSize: Int = .max
) throws -> OfferResult {
    var scraper = AWSScraper(selection: selection)
    scraper.format = format
    let sink = CollectingSink()
    let source = MemoryByteSource(bytes, name: "offer", blockSize: blockSize)
    let summary = try scraper.scrape(file: source, path: "/offer", into: sink)
    return OfferResult(rows: sink.rows, summary: summary)
}

/// The one problem with a file's rows.
func problem(_ text: String, _ selection: ProviderSelection = .everything, format: AWSOfferFormat = .json)
    -> PriceProblem?
{
    var selection = selection
    selection.rules.odd = .fail
    let problems = #expect(throws: PriceProblems.self) { try read(text, selection, format: format) }
    #expect(problems?.total == 1)
    return problems?.samples.first
}

struct AWSOfferReaderTests {
    @Test func `prices in other currencies than the one asked for are left out, but not all of them`() throws {
        let rates = [
            OfferText.rate("a", "1", end: "10"), OfferText.rate("b", "7", end: "10", currency: "CNY"),
            OfferText.rate("c", "2", begin: "10"),
        ]
        var selection = ProviderSelection.everything
        selection.currency = "USD"
        let json = OfferText.onDemand(rates).json
        #expect(try read(json, selection).rows.map(\.price.text) == ["1", "2"])
        selection.currency = "CNY"
        #expect(try read(json, selection).rows.map(\.currency) == ["CNY"])
        selection.currency = "EUR"
        let problem = #expect(throws: PriceProblem.self) { try read(json, selection) }
        #expect(problem?.code == .invalidSelection && problem?.message == "no price is in EUR that is asked for")
        #expect(problem?.found == "CNY, USD")
    }

    static let reserved = OfferText.offer(
        [
            OfferText.rate("AAA.R.6YS6EN2CT7", "0.0300000000"),
            OfferText.rate("AAA.R.2TG2D8R56U", "263", begin: nil, unit: "Quantity"),
        ],
        attributes: [
            ("LeaseContractLength", "1yr"), ("OfferingClass", "standard"), ("PurchaseOption", "Partial Upfront"),
        ])

    static let both = OfferText(
        products: [OfferText.product("AAA"), OfferText.product("BBB", family: nil)],
        terms: [
            (
                "OnDemand",
                [
                    ("AAA", [("AAA.JRTCKXETXF", OfferText.offer([OfferText.rate("AAA.J.6", "0.1000000000")]))]),
                    ("BBB", [("BBB.JRTCKXETXF", OfferText.offer([OfferText.rate("BBB.J.6", "0.0000000025")]))]),
                ]
            ),
            ("Reserved", [("AAA", [("AAA.R", reserved)])]),
        ])

    @Test(arguments: [1, 64, 1000, .max])
    func `an offer becomes rows, products joined with terms`(blockSize: Int) throws {
        let result = try read(Self.both.json, blockSize: blockSize)
        let rows = result.rows
        #expect(rows.map(\.rateCode) == ["AAA.J.6", "BBB.J.6", "AAA.R.6YS6EN2CT7", "AAA.R.2TG2D8R56U"])
        #expect(rows.map(\.price.text) == ["0.1000000000", "0.0000000025", "0.0300000000", "263"])
        #expect(rows.map(\.term) == [.onDemand, .onDemand, .reserved, .reserved])
        #expect(rows.map(\.sku) == ["AAA", "BBB", "AAA", "AAA"])
        #expect(rows.map(\.productFamily) == ["Compute Instance", nil, "Compute Instance", "Compute Instance"])
        #expect(rows.allSatisfy { $0.service == "AmazonEC2" && $0.region == "eu-west-1" && $0.currency == "USD" })
        #expect(rows[0].skuName == "BoxUsage:AAA" && rows[0].description == "what \"AAA.J.6\" is")
        #expect(rows[0].effectiveFrom == PriceInstant("2025-04-01T00:00:00Z") && rows[0].effectiveTo == nil)
        #expect(rows[0].source == "/offer" && result.summary.productsKept == 2)
        #expect(result.summary.documents.first?.version == "20250422213507")
        #expect(result.summary.bytes == Self.both.json.utf8.count)
    }

    @Test func `a row's offset is where its rate stands`() throws {
        let json = Self.both.json
        for row in try read(json).rows {
            let rest = Array(json.utf8).dropFirst(row.sourceOffset)
            #expect(String(decoding: rest.prefix(row.rateCode.utf8.count + 2), as: UTF8.self) == "\"\(row.rateCode)\"")
        }
    }

    @Test func `an upfront fee has no tiers and its own charge`() throws {
        let rows = try read(Self.both.json).rows.filter { $0.term == .reserved }
        #expect(rows.map(\.charge) == [.usage, .upfrontFee])
        #expect(rows.map(\.unit) == ["Hrs", "Quantity"])
        #expect(rows.map(\.termMonths) == [12, 12])
        #expect(rows.map(\.purchaseOption) == ["Partial Upfront", "Partial Upfront"])
        #expect(rows.map(\.offeringClass) == ["standard", "standard"])
        #expect(rows.map(\.tierEnd) == [nil, nil])
    }

    @Test func `tiers come in order whatever the file's is`() throws {
        let rates = [
            OfferText.rate("c", "0.021", begin: "512000", unit: "GB-Mo"),
            OfferText.rate("a", "0.023", begin: "0", end: "51200", unit: "GB-Mo"),
            OfferText.rate("b", "0.022", begin: "51200", end: "512000", unit: "GB-Mo"),
        ]
        let rows = try read(OfferText.onDemand(rates).json).rows
        #expect(rows.map(\.rateCode) == ["a", "b", "c"])
        #expect(rows.map(\.tierStart) == [0, 51200, 512_000])
        #expect(rows.map(\.tierEnd) == [51200, 512_000, nil])
    }

    @Test func `a free tier may be the only one and end`() throws {
        let rows = try read(OfferText.onDemand([OfferText.rate("a", "0.0000000000", end: "1000000")]).json).rows
        #expect(rows.map(\.tierEnd) == [1_000_000])
        #expect(rows.map(\.price.isZero) == [true])
    }

    /// Reserved capacity, dedicated hosts and blocks of capacity stand in the list at nothing.
    @Test func `prices of nothing are kept, and can be left out by their attributes`() throws {
        let kinds = [
            [("capacitystatus", "Used"), ("tenancy", "Shared"), ("marketoption", "OnDemand")],
            [("capacitystatus", "UnusedCapacityReservation"), ("tenancy", "Shared"), ("marketoption", "OnDemand")],
            [("capacitystatus", "AllocatedHost"), ("tenancy", "Host"), ("marketoption", "OnDemand")],
            [("capacitystatus", "Used"), ("tenancy", "Shared"), ("marketoption", "CapacityBlock")],
        ]
        let offer = OfferText(
            products: kinds.enumerated().map { OfferText.product("S\($0)", $1) },
            terms: [
                (
                    "OnDemand",
                    kinds.indices.map { index in
                        let price = index == 0 ? "0.1000000000" : "0.0000000000"
                        let rate = OfferText.rate("S\(index).J.6", price)
                        return ("S\(index)", [("S\(index).JRTCKXETXF", OfferText.offer([rate]))])
                    }
                )
            ])
        let all = try read(offer.json).rows
        #expect(all.map(\.price.text) == ["0.1000000000", "0.0000000000", "0.0000000000", "0.0000000000"])
        var selection = ProviderSelection.everything
        selection.attributes = [
            .init(name: "capacitystatus", values: TextMatcher(["Used"])),
            .init(name: "tenancy", values: TextMatcher(["Shared"])),
            .init(name: "marketoption", values: TextMatcher(["OnDemand"])),
        ]
        #expect(try read(offer.json, selection).rows.map(\.sku) == ["S0"])
    }

    @Test func `terms without a product and products without terms are counted`() throws {
        var offer = Self.both
        offer.products.remove(at: 1)
        offer.products.append(OfferText.product("CCC"))
        let result = try read(offer.json)
        #expect(result.rows.map(\.sku) == ["AAA", "AAA", "AAA"])
        #expect(result.summary.pricesWithoutProduct == 1)
        #expect(result.summary.productsWithoutPrices == 1)
    }

    @Test(arguments: [
        ("EU (Ireland)", "eu-west-1"), ("Europe (Ireland)", "eu-west-1"), ("AWS GovCloud (US-West)", "us-gov-west-1"),
        ("US East (N. Virginia)", "us-east-1"), ("Any", "global"),
    ])
    func `a location's name serves where there is no code`(location: String, region: String) throws {
        var offer = OfferText.onDemand([OfferText.rate("a", "1")], region: nil)
        offer.products[0].attributes.append(("location", location))
        #expect(try read(offer.json).rows.map(\.region) == [region])
        offer.products[0].attributes.append(("regionCode", "ap-south-1"))
        #expect(try read(offer.json).rows.map(\.region) == ["ap-south-1"])
    }

    @Test func `traffic belongs to where it comes from, and what has no place is global`() throws {
        var offer = OfferText.onDemand([OfferText.rate("a", "1")], region: nil)
        #expect(try read(offer.json).rows.map(\.region) == ["global"])
        offer.products[0].attributes += [("fromLocation", "EU (Ireland)"), ("toLocation", "US East (N. Virginia)")]
        #expect(try read(offer.json).rows.map(\.region) == ["eu-west-1"])
    }

    @Test func `renminbi are as good as dollars`() throws {
        let rates = [OfferText.rate("a", "0.5", currency: "CNY")]
        let rows = try read(OfferText.onDemand(rates, region: "cn-north-1").json).rows
        #expect(rows.map(\.currency) == ["CNY"] && rows.map(\.region) == ["cn-north-1"])
    }

    @Test func `the selection keeps what it names`() throws {
        var selection = ProviderSelection.everything
        selection.families = TextMatcher(["Compute*"])
        #expect(try read(Self.both.json, selection).rows.map(\.sku) == ["AAA", "AAA", "AAA"])
        #expect(try read(Self.both.json, selection).summary.productsLeftOut == 1)
        #expect(try read(Self.both.json, selection).summary.pricesWithoutProduct == 0)
        selection.regions = TextMatcher(["us-*"])
        #expect(try read(Self.both.json, selection).rows.isEmpty)
        selection = .everything
        selection.attributes = [.init(name: "usagetype", values: TextMatcher(["*:BBB"]))]
        selection.keptAttributes = ["regionCode", "usagetype", "nothing"]
        let row = try #require(try read(Self.both.json, selection).rows.first)
        #expect(row.attributes == #"{"usagetype":"BoxUsage:BBB","regionCode":"eu-west-1"}"#)
        selection.attributes = [.init(name: "tenancy", values: .all)]
        #expect(try read(Self.both.json, selection).rows.isEmpty)
    }

    @Test func `on-demand alone ends where the reserved prices start`() throws {
        var selection = ProviderSelection.everything
        selection.terms = [.onDemand]
        let json = Self.both.json
        let start = try #require(json.firstRange(of: "\"Reserved\"")).upperBound
        // What follows is never looked at.
        #expect(try read(json[..<start] + ": !", selection).rows.map(\.rateCode) == ["AAA.J.6", "BBB.J.6"])
        var turned = Self.both
        turned.terms.reverse()
        #expect(try read(turned.json, selection).rows.map(\.rateCode) == ["AAA.J.6", "BBB.J.6"])
        selection.terms = [.reserved]
        #expect(try read(json, selection).rows.count == 2)
        selection.terms = [.spot]
        #expect(try read(json, selection).rows.isEmpty)
    }
}
