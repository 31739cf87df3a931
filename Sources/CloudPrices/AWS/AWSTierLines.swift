/// The tiers of a CSV file, whose lines come in any order: held until all are there, then compared.
///
/// Most prices have one tier from 0 up; of those nothing is held.
struct AWSTierLines {
    /// One line with a limit.
    private struct Line {
        var start: ExactDecimal
        var end: ExactDecimal?
        var offset: Int
        var rateCode: String
    }

    /// Tiers of one price: those of one offer, currency and unit.
    private struct Price: Hashable {
        var sku: String
        var offer: String
        var currency: String
        var unit: String
    }

    private var prices: [Price: [Line]] = [:]
    private var count = 0

    /// More tiers than any list has; beyond them they are not compared here, but by the checks of the table.
    static let maximumCount = 1_000_000

    /// Notes the tier that a row has.
    ///
    /// A rate's code is that of the product, of the contract and of the rate; one in another form does not say what it
    /// belongs to.
    mutating func add(_ row: borrowing PriceRowBuffer) {
        guard !row.tierStart.isZero || row.tierEnd != nil, count < Self.maximumCount else { return }
        let rateCode = String(copying: row.text(.rateCode))
        let parts = rateCode.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count > 2 else { return }
        count += 1
        let offer = parts.dropLast().map { String(decoding: $0, as: UTF8.self) }
        let price = Price(
            sku: String(copying: row.text(.sku)), offer: offer.joined(separator: "."),
            currency: String(copying: row.text(.currency)), unit: String(copying: row.text(.unit)))
        prices[price, default: []].append(
            Line(start: row.tierStart, end: row.tierEnd, offset: row.offset, rateCode: rateCode))
    }

    /// An offer whose tiers do not follow each other from 0 up.
    struct Fault {
        var sku: String
        var offer: String
        var rows: Int
        var problem: PriceProblem
    }

    /// The offers whose tiers leave a gap, overlap, or do not start at 0; in the order of their lines.
    func faults(in path: String) -> [Fault] {
        prices.compactMap { price, lines in
            var reached: ExactDecimal? = .zero
            for line in lines.sorted(by: { $0.start < $1.start }) {
                guard line.start != reached else {
                    reached = line.end
                    continue
                }
                let problem = PriceProblem(
                    .brokenTiers,
                    "a tier starts at \(line.start) and the one before ends at \(reached?.text ?? "no limit")",
                    source: path, offset: line.offset, sku: price.sku, found: line.rateCode)
                return Fault(sku: price.sku, offer: price.offer, rows: lines.count, problem: problem)
            }
            return nil
        }.sorted { ($0.problem.offset ?? 0) < ($1.problem.offset ?? 0) }
    }
}
