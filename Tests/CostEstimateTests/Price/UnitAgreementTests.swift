import CloudPrices
import CostEstimate
import Testing

struct UnitAgreementTests {
    private func use(_ amount: String, hours: String?, unit: String) throws -> ExactDecimal {
        let quantity = BillQuantity(try ExactDecimal(amount), hours: try hours.map { try ExactDecimal($0) })
        return try UnitAgreement.use(quantity, in: UnitDimension(ofUnit: unit), named: unit, line: "line")
    }

    /// Every unit that any provider's table has, and some of Google's grammar.
    private static let units = Set(
        [UnitTable.aws, .azure].flatMap { table in table.publishedUnits.compactMap { table.meaning(of: $0)?.name } }
            + ["h", "GiBy.h", "GiBy.mo", "By.s", "count", "GiBy", "mo", "GiBy.d"]
            .compactMap { UnitTable.googleCloud.meaning(of: $0)?.name })

    @Test func `each unit takes hours or takes none, and never both`() throws {
        #expect(Self.units.count > 150)
        for unit in Self.units {
            let time = UnitDimension(ofUnit: unit).time
            #expect((time == .hour) == (unit.hasSuffix("Hours") || unit.hasSuffix("/Hour")), "\(unit)")
            for hours in [nil, "730"] {
                if (time == .hour) == (hours != nil) {
                    #expect(try use("3", hours: hours, unit: unit) == (hours == nil ? 3 : 2190), "\(unit)")
                } else {
                    let error = #expect(throws: EstimateError.self) { try use("3", hours: hours, unit: unit) }
                    #expect(error?.code == .unitMismatch && error?.message.contains("write") == true, "\(unit)")
                }
            }
        }
    }

    @Test(
        arguments: [
            ("GB/Month", nil, "quantity: 400' without 'hours'"), ("GB", nil, "quantity: 400' without 'hours'"),
            ("GB Seconds", UnitTime.second, "quantity: 2880000' without"),
            ("Minutes", .minute, "quantity: 48000' without"),
            ("Units/10 Days", .day, "the month's use in days"),
        ] as [(String, UnitTime?, String)])
    func `what to write is said`(unit: String, time: UnitTime?, words: String) throws {
        if let time { #expect(UnitDimension(ofUnit: unit).time == time) }
        let error = #expect(throws: EstimateError.self) { try use("400", hours: "2", unit: unit) }
        #expect(error?.message.contains(words) == true, "\(error as Any)")
    }

    @Test func `what is written as the error says is priced`() throws {
        #expect(try use("400", hours: nil, unit: "GB/Month") == 400)
        #expect(try use("2190", hours: "1", unit: "Hours") == use("3", hours: "730", unit: "Hours"))
    }

    @Test(
        arguments: [
            ("vCPU hour", "vCPU", UnitTime.hour), ("GB-Mo", "GB", .month), ("seats per month", "seats", .month),
            ("Hrs", "", .hour), ("Units/10 Days", "Units", .day), ("Data Points", "Data Points", nil),
            ("GB", "GB", nil),
            ("", "", nil), ("Transactions in Thousands", "Transactions in Thousands", nil), ("MB/month", "MB", .month),
        ] as [(String, String, UnitTime?)])
    func `every unit has a dimension`(name: String, thing: String, time: UnitTime?) {
        let dimension = UnitDimension(ofUnit: name)
        #expect(dimension.thing == thing && dimension.time == time)
    }

    @Test(arguments: [
        ("vCPU hour", false, true), ("vCPU hour", true, false), ("GB month", false, false), ("GB month", true, true),
        ("", true, false), ("", false, false),
    ])
    func `the product's own prices agree with their units, where these are said`(
        unit: String, hasHours: Bool, isRefused: Bool
    ) async throws {
        let bill = BillOfMaterials(
            name: "b", currency: "USD", lines: [],
            own: [OwnPrice(name: "o", price: 1, unit: unit, quantity: BillQuantity(2, hours: hasHours ? 10 : nil))])
        let result = try? await Estimator(PriceRows([]), at: PriceSamples.now).estimate(bill)
        #expect((result == nil) == isRefused)
        if let result { #expect(result.total == (hasHours ? 20 : 2)) }
    }
}
