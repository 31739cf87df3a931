public import CloudPrices

/// What a quantity costs through the tiers of a price.
package enum TierPricing {
    /// The parts of a cost, one for each tier that the quantity reaches.
    ///
    /// The part of the quantity between a tier's start and its end costs that tier's price. Tier bounds are in
    /// published units; a published unit is `unitBlock` normalised ones.
    ///
    /// - Parameters:
    ///   - tiers: From the lowest up, all of one unit.
    ///   - use: The quantity in normalised units.
    ///   - line: The name of the line, for errors.
    /// - Returns: At least one part.
    /// - Throws: ``EstimateError``: `incomplete` where no tier holds for a part of the quantity, `notExact`.
    package static func parts(
        of tiers: [PriceRow], use: ExactDecimal, line: String
    ) throws(EstimateError) -> [CostPart] {
        var parts: [CostPart] = []
        do {
            // The start of what is not priced yet.
            var reached = ExactDecimal.zero
            for tier in tiers {
                let block = ExactDecimal(coefficient: Int128(tier.unitBlock), scale: 0)
                let start = try tier.tierStart * block
                let end = try tier.tierEnd.map { end throws(ExactDecimalError) in try end * block }
                guard start == reached else { break }
                let top = end.map { min($0, use) } ?? use
                let quantity = try max(top, start) - start
                if !quantity.isZero || parts.isEmpty {
                    parts.append(CostPart(tier, quantity: quantity, cost: try cost(of: quantity, at: tier)))
                }
                guard let end, end < use else { return parts }
                reached = end
            }
            throw EstimateError(
                .incomplete,
                "its price has no tier from \(reached.normalisedText) on; \(use.normalisedText) are needed",
                line: line)
        } catch let error as EstimateError {
            throw error
        } catch {
            throw EstimateError(.notExact, "its cost cannot be computed exactly: \(error)", line: line)
        }
    }

    private static func cost(of quantity: ExactDecimal, at tier: PriceRow) throws(ExactDecimalError) -> ExactDecimal {
        let whole = try quantity * tier.price
        guard tier.unitBlock != 1 else { return whole }
        return try whole / ExactDecimal(coefficient: Int128(tier.unitBlock), scale: 0)
    }
}

/// A part of a cost, traced to the price that it comes from.
public struct CostPart: Sendable, Hashable, Codable {
    /// What the price pays for.
    public var charge: PriceCharge
    /// The use that falls into this tier, in normalised units; for a fee, the number of fees.
    public var quantity: ExactDecimal
    /// The normalised unit; `whole term` for a price of a whole commitment, whatever its published unit says.
    public var unit: String
    /// Where the tier starts, in published units.
    public var tierStart: ExactDecimal
    /// Where the next one starts; `nil` if this is the last.
    public var tierEnd: ExactDecimal?
    /// The price as published.
    public var price: ExactDecimal
    /// What the price is for, as published.
    public var publishedUnit: String
    /// Months over which a fee is spread; `nil` for use.
    public var spreadOverMonths: Int?
    /// What this part costs in a month.
    public var cost: ExactDecimal
    /// The provider's key of the rate.
    public var rateCode: String
    /// The document that the price stands in.
    public var source: String
    /// Where in that document, in bytes.
    public var sourceOffset: Int

    init(_ row: PriceRow, quantity: ExactDecimal, cost: ExactDecimal, spreadOverMonths: Int? = nil) {
        charge = row.charge
        self.quantity = quantity
        unit = row.charge == .wholeTerm ? "whole term" : row.normalisedUnit
        tierStart = row.tierStart
        tierEnd = row.tierEnd
        price = row.price
        publishedUnit = row.unit
        self.spreadOverMonths = spreadOverMonths
        self.cost = cost
        rateCode = row.rateCode
        source = row.source
        sourceOffset = row.sourceOffset
    }
}
