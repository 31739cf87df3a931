import CloudPrices
import CostEstimate
import Testing

/// An offer is priced whole or not at all, whatever names it.
struct WholeOfferTests {
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

    /// A product with an on-demand price of some tiers, and reservations with a fee, hours, or both.
    private func rows(_ sku: String, _ draws: inout Draws) throws -> [PriceRow] {
        var rows: [PriceRow] = []
        let bounds = (0..<Int.random(in: 1...4, using: &draws)).map { "\($0 * 10)" }
        for (index, bound) in bounds.enumerated() {
            rows.append(
                try PriceSamples.row(
                    sku, tier: (bound, index + 1 < bounds.count ? bounds[index + 1] : nil), price: "\(index + 1)",
                    attributes: #"{"tier":"\#(index)","size":"large"}"#, name: "use \(sku)"))
        }
        for (months, option) in [(12, "No Upfront"), (12, "Partial Upfront"), (36, "All Upfront")] {
            let contract = "\(sku).R\(months)\(option.prefix(1))"
            if option != "No Upfront" {
                rows.append(
                    try PriceSamples.row(
                        sku, term: .reserved, months: months, option: option, charge: .upfrontFee, price: "1200",
                        unit: "Quantity", normalised: "Units", attributes: #"{"fee":"yes","size":"large"}"#,
                        name: "fee \(sku)", rate: "\(contract).FEE"))
            }
            rows.append(
                try PriceSamples.row(
                    sku, term: .reserved, months: months, option: option, price: option == "All Upfront" ? "0" : "0.5",
                    attributes: #"{"size":"large"}"#, name: "use \(sku)", rate: "\(contract).HRS"))
        }
        return rows
    }

    /// Every way to name a row: its columns, its attributes, its rate's code and the first parts of it.
    private func names(of row: PriceRow) -> [(inout BillLine) -> Void] {
        let columns: [(String, String?)] = [
            ("unit", row.unit), ("normalised_unit", row.normalisedUnit), ("charge", row.charge.rawValue),
            ("sku_name", row.skuName), ("rate_code", row.rateCode), ("currency", row.currency), ("source", row.source),
        ]
        let attributes: [(String, String?)] = ["tier", "fee", "size"].map { name in
            let text = row.attributes ?? ""
            let value = text.firstRange(of: "\"\(name)\":\"").map { text[$0.upperBound...].prefix { $0 != "\"" } }
            return (name, value.map(String.init))
        }
        let parts = row.rateCode.split(separator: ".")
        return (columns + attributes).compactMap { name, value in value.map { value in { $0.match[name] = value } } }
            + [{ $0.rate = row.rateCode }, { $0.rate = parts.dropLast().joined(separator: ".") }]
    }

    @Test(arguments: 0..<20)
    func `any names of a row choose its whole offer, or none`(seed: UInt64) throws {
        var draws = Draws(state: seed)
        let all = try rows("A", &draws) + rows("B", &draws) + rows("C", &draws)
        let offers = Dictionary(grouping: all) { "\($0.term) \($0.sku) \($0.purchaseOption ?? "")" }
        for _ in 0..<200 {
            let row = try #require(all.randomElement(using: &draws))
            var line = BillLine(name: "line", provider: .aws, quantity: BillQuantity(1, hours: 1))
            line.term = row.term
            if Bool.random(using: &draws) { line.sku = row.sku }
            if Bool.random(using: &draws) { line.purchaseOption = row.purchaseOption }
            for name in names(of: row).shuffled(using: &draws).prefix(Int.random(in: 0...3, using: &draws)) {
                name(&line)
            }
            let found: Offer
            do {
                found = try OfferMatcher.offer(for: line, currency: "USD", in: all, at: PriceSamples.now)
            } catch {
                #expect(error.code == .ambiguous, "\(error)")
                continue
            }
            let tiers = found.charges.flatMap(\.tiers)
            let whole = offers["\(row.term) \(row.sku) \(row.purchaseOption ?? "")"] ?? []
            #expect(Set(tiers) == Set(whole), "\(line)")
        }
    }

    @Test func `an offer whose fee is in another currency, or not due any more, is not priced without it`() async throws
    {
        func price(_ rows: [PriceRow]) async throws -> Estimate {
            let bill = try BillOfMaterials(
                parsing: "lines: [{provider: aws, sku: R, term: reserved, quantity: 1, hours: 730}]")
            return try await Estimator(PriceRows(rows), at: PriceSamples.now).estimate(bill)
        }
        func fee(_ currency: String, to end: PriceInstant? = nil) throws -> PriceRow {
            try PriceSamples.row(
                "R", term: .reserved, months: 12, option: "All Upfront", charge: .upfrontFee, price: "517",
                currency: currency, unit: "Quantity", to: end)
        }
        let use = try PriceSamples.row("R", term: .reserved, months: 12, option: "All Upfront", price: "0")
        #expect(try await price([use, fee("USD")]).total.normalisedText == "43.0833333333")
        let ended = PriceInstant(year: 2026, month: 1, day: 1)
        for rows in try [[use, fee("CNY")], [use, fee("USD", to: ended)]] {
            let errors = await #expect(throws: EstimateErrors.self) { try await price(rows) }
            #expect(errors?.errors.map(\.code) == [.incomplete], "\(errors as Any)")
        }
    }

    @Test func `prices of one contract in two units are two offers, each with its fee`() throws {
        let fee = try PriceSamples.row(
            "R", term: .reserved, months: 12, charge: .upfrontFee, price: "517", unit: "Quantity", rate: "R.T.FEE")
        let hours = try PriceSamples.row("R", term: .reserved, months: 12, price: "1", rate: "R.T.HRS")
        let data = try PriceSamples.row(
            "R", term: .reserved, months: 12, price: "2", unit: "GB", normalised: "GB", rate: "R.T.GB")
        var line = BillLine(name: "line", provider: .aws, quantity: BillQuantity(1))
        (line.sku, line.term) = ("R", .reserved)
        func match() throws -> Offer {
            try OfferMatcher.offer(for: line, currency: "USD", in: [fee, hours, data], at: PriceSamples.now)
        }
        #expect(#expect(throws: EstimateError.self) { try match() }?.code == .ambiguous)
        line.match = ["unit": "GB"]
        #expect(Set(try match().charges.flatMap(\.tiers)) == [fee, data])
    }
}
