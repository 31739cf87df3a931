import CloudPrices
import Foundation
import Testing

/// Numbers that look random, the same in each run.
private struct Draws: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}

struct ReadingRulesTests {
    /// A list of a provider with one price, in a unit and a place; texts are escaped for JSON.
    private func rows(
        _ provider: CloudProvider, unit: String, place: String, _ selection: ProviderSelection
    ) throws -> (rows: [PriceRow], summary: ScrapeSummary) {
        func escaped(_ text: String) throws -> String {
            String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
        }
        func inner(_ text: String) throws -> String { String(try escaped(text).dropFirst().dropLast()) }
        switch provider {
        case .azure:
            let item = AzureList.item([
                "unitOfMeasure": try escaped(unit), "armRegionName": try escaped(place), "location": "\"\"",
            ])
            return try AzureList.read(AzureList.page([item]), selection)
        case .googleCloud:
            let pricing = GoogleList.pricing([GoogleList.rate("0")], unit: try inner(unit))
            return try GoogleList.read(
                GoogleList.page([GoogleList.sku("a", [pricing], regions: [try inner(place)])]), selection)
        default:
            let offer = OfferText.onDemand([OfferText.rate("a", "1", unit: try inner(unit))], region: try inner(place))
            let result = try read(offer.json, selection)
            return (result.rows, result.summary)
        }
    }

    private static let known: [(CloudProvider, unit: String, place: String)] = [
        (.aws, "Hrs", "eu-west-1"), (.azure, "1 Hour", "westeurope"), (.googleCloud, "h", "us-central1"),
    ]

    /// The pieces of YAML in a problem's advice.
    private func snippets(_ problem: PriceProblem) -> [String] {
        problem.advice.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }

    private func text(_ draws: inout Draws) -> String {
        let pieces = [
            "a", "B", "7", " ", "'", "\"", "\\", "$", "${X}", "`", ":", "#", "{", "}", "[", ",", "%", "\u{301}",
            "\u{FE0F}", "\u{200D}", "\n", "\t", "é", "小", "\u{85}", "\u{2028}", "- ", "~", "&", "*", "|", "K", "!",
        ]
        var text = ["zz", "3 zz", "10K zz", "1 Million zz"].randomElement(using: &draws) ?? ""
        for _ in 0..<Int.random(in: 0...8, using: &draws) { text += pieces.randomElement(using: &draws) ?? "" }
        return text
    }

    @Test(arguments: [CloudProvider.aws, .azure, .googleCloud])
    func `what the message says to write works as it stands`(provider: CloudProvider) throws {
        var draws = Draws(state: 7)
        let known = try #require(Self.known.first { $0.0 == provider })
        for round in 0..<150 {
            let unknown = text(&draws)
            let isUnit = round % 2 == 0
            func scrape(_ selection: ProviderSelection) throws -> (rows: [PriceRow], summary: ScrapeSummary) {
                try rows(
                    provider, unit: isUnit ? unknown : known.unit, place: isUnit ? known.place : unknown, selection)
            }
            let problems = #expect(throws: PriceProblems.self, "\(unknown)") { try scrape(.everything) }
            let problem = try #require(problems?.samples.first)
            #expect(problem.code == (isUnit ? .unknownUnit : .unknownRegion))
            let written = snippets(problem).filter { $0 != "{name: region}" }
            #expect(written.count == 2, "\(problem.advice)")
            for snippet in written {
                let selection = try PriceSelection(yaml: "\(provider): all\n\(snippet)\n")[provider]
                let (rows, summary) = try scrape(try #require(selection))
                if snippet.hasPrefix("unknown") {
                    #expect(rows.isEmpty && summary.leftOut.total == 1, "\(snippet)")
                } else {
                    #expect(rows.map { isUnit ? $0.unit : $0.region } == [unknown], "\(snippet)")
                }
            }
        }
    }

    @Test func `rows are left out up to the limit, and then the scrape fails`() throws {
        let rates = (0..<3).map { ("AAA.\($0)", OfferText.offer([OfferText.rate("AAA.\($0).x", "1", unit: "Moons")])) }
        let offer = OfferText(products: [OfferText.product("AAA")], terms: [("OnDemand", [("AAA", rates)])])
        var selection = ProviderSelection.everything
        selection.rules.unknown = .skip(limit: 3)
        let summary = try read(offer.json, selection).summary
        #expect(summary.leftOut.counts == [.unknownUnit: 3] && summary.leftOut.samples.first?.found == "Moons")
        selection.rules.unknown = .skip(limit: 2)
        let problems = #expect(throws: PriceProblems.self) { try read(offer.json, selection) }
        #expect(problems?.counts == [.unknownUnit: 3, .limitExceeded: 1], "\(problems as Any)")
    }

    @Test func `a contract of which one rate cannot be read is left out whole`() throws {
        let fee = OfferText.rate("AAA.R.FEE", "517", begin: nil, unit: "Quantity")
        let hours = OfferText.rate("AAA.R.HRS", "0", unit: "Moons")
        for rates in [[fee, hours], [hours, fee]] {
            let body = OfferText.offer(
                rates, attributes: [("LeaseContractLength", "1yr"), ("PurchaseOption", "All Upfront")])
            let offer = OfferText(
                products: [OfferText.product("AAA")], terms: [("Reserved", [("AAA", [("AAA.R", body)])])])
            var selection = ProviderSelection.everything
            selection.rules.unknown = .skip(limit: 10)
            let result = try read(offer.json, selection)
            #expect(result.rows.isEmpty && result.summary.leftOut.total == 1)
        }
    }

    @Test func `one SKU with odd tiers or dates leaves the others`() throws {
        for bad in [
            OfferText.offer([OfferText.rate("b", "1", begin: "5")]),
            OfferText.offer([OfferText.rate("b", "1", end: "10"), OfferText.rate("c", "1", begin: "20")]),
            OfferText.offer([OfferText.rate("b", "1", begin: "10", end: "5"), OfferText.rate("c", "1", begin: nil)]),
            OfferText.offer([OfferText.rate("b", "1")], date: "soon"),
        ] {
            let good = OfferText.offer([OfferText.rate("a", "1")])
            let offer = OfferText(
                products: [OfferText.product("AAA"), OfferText.product("BBB")],
                terms: [("OnDemand", [("AAA", [("AAA.X", good)]), ("BBB", [("BBB.X", bad)])])])
            let result = try read(offer.json)
            #expect(result.rows.map(\.sku) == ["AAA"] && result.summary.leftOut.total == 1)
        }
        let (rows, summary) = try AzureList.read(
            AzureList.page([
                AzureList.item(), AzureList.item(["skuId": "\"P1/0002\"", "tierMinimumUnits": "5"]),
                AzureList.item(["skuId": "\"P1/0003\"", "effectiveStartDate": "\"soon\""]),
            ]))
        #expect(rows.map(\.sku) == ["P1/0001"] && summary.leftOut.counts == [.brokenTiers: 1, .invalidDate: 1])
    }

    @Test(arguments: [
        ("units: {aws: {x: {unit: '', block: 1}}}", "a unit has 1 to"),
        ("units: {aws: {x: {unit: X, block: 0}}}", "a block is 1 or more"),
        ("units: {aws: {x: {unit: X, blok: 1}}}", "'blok'"), ("unknown: {aws: skip}", "neither 'fail' nor"),
        ("unknown: {aws: {skip: 0}}", "it is 1 to"), ("unknown: {azure: fail}", "does not name"),
        ("regions: {aws: {x: ''}}", "a region's name"), ("unkown: {aws: fail}", "'unkown'"),
    ])
    func `rules that make no sense are refused`(yaml: String, words: String) {
        let problem = #expect(throws: PriceProblem.self) { try PriceSelection(yaml: "aws: all\n\(yaml)\n") }
        #expect(problem?.code == .invalidSelection && problem?.description.contains(words) == true, "\(problem as Any)")
    }

    @Test func `places are spellings of regions, or regions of their own`() throws {
        let yaml = "gcp: all\nregions: {gcp: {moon-1: us-east1}}\n"
        let selection = try #require(try PriceSelection(yaml: yaml)[.googleCloud])
        #expect(try rows(.googleCloud, unit: "h", place: "moon-1", selection).rows.map(\.region) == ["us-east1"])
    }
}

struct UnitBlockTests {
    @Test func `a number before a known unit of AWS is its block`() throws {
        for published in UnitTable.aws.publishedUnits {
            let unit = try #require(UnitTable.aws.meaning(of: published))
            for (text, count) in [
                ("1000 ", 1000), ("1K ", 1000), ("10k-", 10_000), ("1M ", 1_000_000), ("1,000 ", 1000),
            ] {
                let block = UnitTable.aws.meaning(of: text + published)
                #expect(block == NormalisedUnit(unit.name, block: Int64(count)), "\(text + published)")
            }
        }
    }

    @Test func `Azure's units are known in blocks of any size`() throws {
        for (published, unit) in [
            ("2K Transactions", NormalisedUnit("Transactions", block: 2000)), ("7 GB", NormalisedUnit("GB", block: 7)),
            ("5M", NormalisedUnit("Units", block: 5_000_000)), ("250 GB/Month", NormalisedUnit("GB/Month", block: 250)),
        ] {
            #expect(UnitTable.azure.meaning(of: published) == unit, "\(published)")
        }
    }

    @Test(
        arguments: [
            ("1K tokens", NormalisedUnit("Tokens", block: 1000)),
            ("1 million Requests", NormalisedUnit("Requests", block: 1_000_000)),
            ("1MB", NormalisedUnit("MB")), ("Endpoint-Hrs", NormalisedUnit("Endpoint Hours")),
            ("Endpoint-Mo", NormalisedUnit("Endpoints/Month")), ("0 tokens", nil), ("1.5 GB", nil), ("1K widgets", nil),
            ("9223372036854775807K tokens", nil), ("1K", NormalisedUnit("Units", block: 1000)), ("-Hrs", nil),
        ] as [(String, NormalisedUnit?)])
    func `AWS's blocks and times`(published: String, unit: NormalisedUnit?) {
        #expect(UnitTable.aws.meaning(of: published) == unit)
    }
}
