public import CloudPrices

/// Prices to choose from.
public protocol PriceCatalogue: Sendable {
    /// The prices that a line can mean: all of its provider, service, region and SKU, as far as it names them.
    ///
    /// - Throws: ``EstimateError`` with `catalogue`.
    func rows(for line: BillLine) async throws -> [PriceRow]
}

/// Prices in memory: for tests and small lists.
public struct PriceRows: PriceCatalogue {
    private let rows: [PriceRow]

    /// Makes a catalogue of rows.
    public init(_ rows: [PriceRow]) { self.rows = rows }

    /// Those of the line's provider.
    public func rows(for line: BillLine) async throws -> [PriceRow] { rows.filter { $0.provider == line.provider } }
}
