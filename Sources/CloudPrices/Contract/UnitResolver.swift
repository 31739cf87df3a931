/// Sets the units of rows, and asks the table once for each text.
public struct UnitResolver: ~Copyable {
    private let table: UnitTable
    private var last = 0
    private var known: [(text: [UInt8], name: [UInt8], block: Int64)] = []

    /// Makes a resolver with nothing looked up.
    public init(_ table: UnitTable) { self.table = table }

    /// Sets `unit`, `normalisedUnit` and `unitBlock` of a row.
    ///
    /// - Throws: `PriceProblem` with code `unknownUnit`.
    public mutating func apply(_ published: Span<UInt8>, to row: inout PriceRowBuffer) throws(PriceProblem) {
        try row.set(.unit, published)
        let entry = try entry(for: published, row)
        let unit = known[entry]
        try row.set(.normalisedUnit, unit.name.span)
        row.unitBlock = unit.block
    }

    private func matches(_ index: Int, _ published: Span<UInt8>) -> Bool {
        let text = known[index].text
        return published.equals(text.span)
    }

    private mutating func entry(
        for published: Span<UInt8>, _ row: borrowing PriceRowBuffer
    ) throws(PriceProblem) -> Int {
        // The next row most likely has the same unit.
        if last < known.count, matches(last, published) { return last }
        for index in known.indices where matches(index, published) {
            last = index
            return index
        }
        guard let unit = table.meaning(of: String(copying: published)) else {
            throw row.problem(
                .unknownUnit, "the unit is not known", found: published,
                advice: ReadingAdvice.unit(published, of: row.provider))
        }
        let text = (0..<published.count).map { published[$0] }
        known.append((text, Array(unit.name.utf8), unit.block))
        return known.count - 1
    }
}
