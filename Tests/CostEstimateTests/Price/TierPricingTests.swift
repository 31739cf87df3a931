import CloudPrices
import CostEstimate
import Testing

struct TierPricingTests {
    private func parts(_ rows: [PriceRow], _ use: String) throws -> [CostPart] {
        try TierPricing.parts(
            of: rows.sorted { $0.tierStart < $1.tierStart }, use: ExactDecimal(use), line: "storage")
    }

    @Test(arguments: [
        ("0", ["0"]), ("1", ["0.023"]), ("51200", ["1177.6"]), ("51201", ["1177.6", "0.022"]),
        ("600000", ["1177.6", "10137.6", "1848"]), ("0.5", ["0.0115"]),
    ])
    func `each part costs its tier's price`(use: String, costs: [String]) throws {
        #expect(try parts(PriceSamples.storage(), use).map(\.cost) == costs.map { try ExactDecimal($0) })
    }

    @Test func `a price for a block is shared out exactly`() throws {
        let row = try PriceSamples.row("R", price: "0.0000000025", unit: "10K", normalised: "Requests", block: 10_000)
        #expect(try parts([row], "3").map(\.cost.plainText) == ["0.00000000000075"])
    }

    @Test func `bounds of tiers are in published units`() throws {
        let rows = try [
            PriceSamples.row("R", tier: ("0", "1"), price: "0", unit: "10K", normalised: "Requests", block: 10_000),
            PriceSamples.row("R", tier: ("1", nil), price: "5", unit: "10K", normalised: "Requests", block: 10_000),
        ]
        #expect(try parts(rows, "10000").map(\.cost) == [0])
        #expect(try parts(rows, "12000").map(\.cost) == [0, 1])
    }

    @Test func `a gap, a missing start and a missing end are errors`() throws {
        let all = try PriceSamples.storage()
        for rows in [[all[0], all[1]], [all[2], all[1]], [all[2]]] {
            let error = #expect(throws: EstimateError.self) { try parts(rows, "60000") }
            #expect(error?.code == .incomplete && error?.line == "storage")
        }
    }

    @Test func `too many digits are an error, not a rounding`() throws {
        let row = try PriceSamples.row("R", price: "12345678901234567890.123456789")
        let error = #expect(throws: EstimateError.self) { try parts([row], "98765432109876543210.123456789") }
        #expect(error?.code == .notExact)
    }
}
