import CloudPrices
import Testing

struct PriceRowBufferTests {
    private func buffer() -> PriceRowBuffer {
        PriceRowBuffer(provider: .aws, source: PriceSourceDocument(id: 1, path: "/a.json"))
    }

    private func setPrice(_ text: String, of row: inout PriceRowBuffer) throws(PriceProblem) {
        let bytes = Array(text.utf8)
        try row.setPrice(bytes.span)
    }

    @Test func `a row is what was set, and stays until it is set again`() throws {
        var row = buffer()
        try row.set(.sku, "ABC")
        try row.set(.unit, "1 ")
        try setPrice("0.1000000000", of: &row)
        let sink = CollectingSink()
        try sink.append(row)
        row.clear(.unit)
        try setPrice("3.4E-05", of: &row)
        try sink.append(row)
        #expect(sink.rows.map(\.sku) == ["ABC", "ABC"])
        #expect(sink.rows.map(\.unit) == ["1 ", ""])
        #expect(sink.rows.map(\.productFamily) == [nil, nil])
        #expect(sink.rows.map(\.price.text) == ["0.1000000000", "3.4E-05"])
        #expect(sink.rows.map(\.price.plainText) == ["0.1000000000", "0.000034"])
    }

    @Test(arguments: [("-0.1", "negative_price"), ("N/A", "invalid_number"), ("", "invalid_number")])
    func `a price that is none is refused with its place`(text: String, code: String) throws {
        var row = buffer()
        try row.set(.sku, "ABC")
        row.offset = 77
        let problem = #expect(throws: PriceProblem.self) { try setPrice(text, of: &row) }
        #expect(problem?.code.rawValue == code)
        #expect(
            problem?.sku == "ABC" && problem?.offset == 77 && problem?.found == text && problem?.source == "/a.json")
    }

    @Test func `a text longer than its column is refused`() throws {
        var row = buffer()
        let problem = #expect(throws: PriceProblem.self) { try row.set(.sku, String(repeating: "x", count: 513)) }
        #expect(problem?.code == .textTooLong)
        try row.set(.sku, String(repeating: "x", count: 512))
    }

    @Test func `an unknown unit is refused and a known one normalised`() throws {
        var row = buffer()
        var units = UnitResolver(.azure)
        for unit in ["10K", "1 Hour", "10K", "1 Hour"] {
            let bytes = Array(unit.utf8)
            try units.apply(bytes.span, to: &row)
            #expect(row.unitBlock == (unit == "10K" ? 10_000 : 1))
        }
        let bytes = Array("1 Fortnight".utf8)
        let problem = #expect(throws: PriceProblem.self) { try units.apply(bytes.span, to: &row) }
        #expect(problem?.code == .unknownUnit && problem?.found == "1 Fortnight")
    }

    @Test func `problems are all counted and some are kept`() {
        var problems = PriceProblems()
        #expect(problems.isEmpty)
        for index in 0..<1000 {
            let unit = "Unit \(index / 100)"
            problems.record(PriceProblem(.unknownUnit, "unknown", offset: index, found: unit))
        }
        problems.record(PriceProblem(.negativePrice, "negative"))
        #expect(problems.counts == [.unknownUnit: 1000, .negativePrice: 1])
        // However often one comes, it does not hide the others.
        #expect(problems.samples.map(\.offset) == Array(stride(from: 0, to: 1000, by: 100)) + [nil])
        var others = PriceProblems()
        for index in 0..<1000 { others.record(PriceProblem(.unknownUnit, "unknown", found: "Unit \(index)")) }
        #expect(others.samples.count == PriceProblems.samplesPerCode)
        problems.merge(others)
        #expect(problems.counts[.unknownUnit] == 2000)
        #expect(problems.samples.count == PriceProblems.samplesPerCode + 1)
        #expect(throws: PriceProblems.self) { try problems.throwIfAny() }
    }
}
