import CloudPrices
import CostEstimate
import Testing

struct OfferMatcherTests {
    private func match(_ line: BillLine, _ rows: [PriceRow], currency: String = "USD") throws -> Offer {
        try OfferMatcher.offer(for: line, currency: currency, in: rows, at: PriceSamples.now)
    }

    private func line(_ adjust: (inout BillLine) -> Void = { _ in }) -> BillLine {
        var line = BillLine(name: "nodes", provider: .aws, quantity: BillQuantity(3, hours: 730))
        adjust(&line)
        return line
    }

    private func machines() throws -> [PriceRow] {
        try [
            PriceSamples.row(
                "A", price: "0.107", attributes: #"{"instanceType":"m5.large","operatingSystem":"Linux"}"#,
                name: "EU-BoxUsage:m5.large"),
            PriceSamples.row(
                "B", price: "0.199", attributes: #"{"instanceType":"m5.large","operatingSystem":"Windows"}"#,
                name: "EU-BoxUsage:m5.large"),
            PriceSamples.row("A", term: .reserved, months: 12, option: "No Upfront", price: "0.067"),
        ]
    }

    @Test func `a SKU and a term mean one offer`() throws {
        let offer = try match(line { $0.sku = "A" }, machines())
        #expect(offer.charges.first?.tiers.map(\.price.text) == ["0.107"])
    }

    @Test func `attributes tell products apart`() throws {
        let wanted = ["instanceType": "m5.large", "operatingSystem": "Windows"]
        #expect(try match(line { $0.match = wanted }, machines()).charges[0].tiers[0].sku == "B")
    }

    @Test func `several offers are listed`() throws {
        let error = #expect(throws: EstimateError.self) {
            try match(line { $0.match = ["sku_name": "EU-BoxUsage:m5.large"] }, machines())
        }
        #expect(error?.code == .ambiguous)
        #expect(error?.candidates.map(\.sku) == ["A", "B"])
        #expect(error?.description.contains("0.199 USD / Hrs") == true)
    }

    @Test func `the condition that leaves nothing is named, with what was left before it`() throws {
        let error = #expect(throws: EstimateError.self) {
            try match(line { $0.match = ["instanceType": "m5.large", "operatingSystem": "Plan 9"] }, machines())
        }
        #expect(error?.code == .unmatched)
        #expect(error?.message.contains("attribute operatingSystem 'Plan 9'") == true)
        #expect(error?.candidates.map(\.sku) == ["A", "B"])
    }

    @Test func `another currency is no match`() throws {
        let error = #expect(throws: EstimateError.self) {
            try match(line { $0.sku = "A" }, machines(), currency: "CNY")
        }
        #expect(error?.code == .currency && error?.message.contains("USD") == true)
    }

    @Test func `of prices of one rate the latest that holds counts`() throws {
        func day(_ day: Int) -> PriceInstant? { PriceInstant(year: 2026, month: 11, day: day) }
        let rows = try [
            PriceSamples.row("A", price: "1", from: day(1)), PriceSamples.row("A", price: "2", from: day(10)),
            PriceSamples.row("A", price: "3", from: day(25)),
            PriceSamples.row("A", price: "4", from: day(11), to: day(20)),
        ]
        #expect(try match(line { $0.sku = "A" }, rows).charges[0].tiers.map(\.price) == [2])
        let old = try [PriceSamples.row("A", price: "4", from: day(11), to: day(24))]
        #expect(throws: EstimateError.self) { try match(line { $0.sku = "A" }, old) }
    }

    /// As AWS's sample of a Compute savings plan has them, and a plan for instances of one family beside.
    private func plans() throws -> [PriceRow] {
        func rate(_ code: String, _ price: String, _ name: String) throws -> PriceRow {
            try PriceSamples.row(
                "HB5V2X8TXQUTDZBV", term: .savingsPlan, months: 12, option: "All Upfront", price: price, name: name,
                rate: code)
        }
        return [
            try rate("8GU23DFTKP2N43SD.29QDFBY626457QNP", "0.098", "EUW1-BoxUsage:c1.medium"),
            try rate("8GU23DFTKP2N43SD.2FYQUTXHCPJH694R", "0.82", "EUW3-Unused:c1.medium"),
            try rate("7DVU5XBSTGHBTJUV.M2WTFX8JK6VDUNU5", "0.087", "EUW1-BoxUsage:c1.medium"),
        ]
    }

    private func planned(_ adjust: (inout BillLine) -> Void = { _ in }) -> BillLine {
        line {
            ($0.sku, $0.term, $0.termMonths) = ("HB5V2X8TXQUTDZBV", .savingsPlan, 12)
            $0.purchaseOption = "All Upfront"
            adjust(&$0)
        }
    }

    @Test func `rates of one product that nothing tells apart are listed with their codes`() throws {
        let error = #expect(throws: EstimateError.self) { try match(planned(), plans()) }
        #expect(error?.code == .ambiguous && error?.candidates.count == 3)
        #expect(error?.description.contains("8GU23DFTKP2N43SD.2FYQUTXHCPJH694R · 0.82 USD") == true)
    }

    @Test(arguments: [
        ("8GU23DFTKP2N43SD.2FYQUTXHCPJH694R", "0.82"), ("7DVU5XBSTGHBTJUV", "0.087"),
        ("8GU23DFTKP2N43SD", nil), ("8GU23DFTKP2N43SD.2FY", nil),
    ])
    func `a rate's code, or the plan's, tells them apart`(rate: String, price: String?) throws {
        let matched = try? match(planned { $0.rate = rate }, plans())
        #expect(matched?.charges[0].tiers[0].price.text == price)
    }

    @Test func `one rate with two prices from one time on is no price`() throws {
        let rows = try [PriceSamples.row("A", price: "1"), PriceSamples.row("A", price: "2")]
        let error = #expect(throws: EstimateError.self) { try match(line { $0.sku = "A" }, rows) }
        #expect(error?.code == .ambiguous)
        let repeated = try [PriceSamples.row("A", price: "1"), PriceSamples.row("A", price: "1")]
        #expect(try match(line { $0.sku = "A" }, repeated).charges[0].tiers.count == 1)
    }

    @Test func `meters of one product are offers of their own`() throws {
        func meter(_ code: String, _ tier: (String, String?), _ price: String) throws -> PriceRow {
            try PriceSamples.row("DZH/00C9", provider: .azure, tier: tier, price: price, rate: "\(code)/Consumption")
        }
        let rows = [
            try meter("stored", ("0", "50"), "0.02"), try meter("stored", ("50", nil), "0.01"),
            try meter("written", ("0", nil), "0.05"),
        ]
        var line = line { $0.sku = "DZH/00C9" }
        line.provider = .azure
        #expect(throws: EstimateError.self) { try match(line, rows) }
        line.rate = "stored"
        #expect(try match(line, rows).charges[0].tiers.map(\.price.text) == ["0.02", "0.01"])
    }
}
