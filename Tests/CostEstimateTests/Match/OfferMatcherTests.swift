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
}
