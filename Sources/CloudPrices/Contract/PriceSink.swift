/// Where a scraper's rows go.
///
/// A sink is used by one thread at a time. `append(_:)` may block while what is behind it catches up.
public protocol PriceSink: AnyObject {
    /// Takes one row; it keeps nothing of the buffer.
    ///
    /// - Throws: `PriceProblem` with code `outputFailed` when the row cannot be kept.
    func append(_ row: borrowing PriceRowBuffer) throws

    /// Tells that a document starts; called before its first row.
    func begin(_ document: PriceSourceDocument) throws

    /// Takes back the rows of an offer that turned out not to be as it must when some were there already.
    ///
    /// - Parameters:
    ///   - sku: The product's key.
    ///   - offer: The rate's code, or its first parts.
    /// - Throws: `PriceProblem` with code `outputFailed` if rows cannot be taken back.
    func takeBack(sku: String, offer: String) throws
}

extension PriceSink {
    /// Does nothing.
    public func begin(_ document: PriceSourceDocument) throws {}

    /// Throws: what was given away cannot be taken back.
    public func takeBack(sku: String, offer: String) throws {
        throw PriceProblem(
            .outputFailed, "rows that were given away cannot be taken back", sku: sku, found: offer,
            advice: "Say 'odd: {aws: fail}', or leave the product out by the selection.")
    }
}

/// Keeps rows in memory: for tests and small lists.
public final class CollectingSink: PriceSink {
    /// The rows, in the order in which they came.
    public private(set) var rows: [PriceRow] = []
    private let limit: Int

    /// Makes an empty sink.
    ///
    /// - Parameter limit: with more rows than this, `append(_:)` throws `limitExceeded`.
    public init(limit: Int = 1_000_000) { self.limit = limit }

    /// Copies the row.
    public func append(_ row: borrowing PriceRowBuffer) throws {
        guard rows.count < limit else {
            throw PriceProblem(
                .limitExceeded, "more than \(limit) rows were collected in memory", source: row.source.path,
                advice: "Send them to a database, or narrow the selection.")
        }
        rows.append(PriceRow(row))
    }

    /// Removes the rows.
    public func takeBack(sku: String, offer: String) throws {
        rows.removeAll { row in
            row.sku == sku && (row.rateCode == offer || row.rateCode.utf8.starts(with: (offer + ".").utf8))
        }
    }
}

/// Counts rows and adds their prices up: what a list holds, at the cost of reading it.
public final class CountingSink: PriceSink {
    /// How many rows came.
    public private(set) var count = 0
    /// The sum of all prices, whatever their unit: a checksum.
    public private(set) var sum = ExactDecimal.zero

    /// Makes a sink that has seen nothing.
    public init() {}

    /// Counts the row.
    public func append(_ row: borrowing PriceRowBuffer) throws {
        count += 1
        sum = try sum + row.price
    }
}

extension PriceRow {
    /// Makes a row of a buffer's contents.
    public init(_ row: borrowing PriceRowBuffer) {
        func text(_ field: PriceText, _ row: borrowing PriceRowBuffer) -> String? {
            row.has(field) ? String(copying: row.text(field)) : nil
        }
        self.init(
            provider: row.provider, sku: text(.sku, row) ?? "", rateCode: text(.rateCode, row) ?? "",
            service: text(.service, row) ?? "", region: text(.region, row) ?? "",
            productFamily: text(.productFamily, row), skuName: text(.skuName, row),
            description: text(.description, row), attributes: text(.attributes, row), term: row.term,
            termMonths: row.termMonths, purchaseOption: text(.purchaseOption, row),
            offeringClass: text(.offeringClass, row), charge: row.charge, tierStart: row.tierStart,
            tierEnd: row.tierEnd, price: row.price, currency: text(.currency, row) ?? "",
            unit: text(.unit, row) ?? "", normalisedUnit: text(.normalisedUnit, row) ?? "", unitBlock: row.unitBlock,
            effectiveFrom: row.effectiveFrom, effectiveTo: row.effectiveTo, source: row.source.path,
            sourceOffset: row.offset)
    }
}
