import CloudPrices

/// What a line costs in a month at an offer's prices.
package enum OfferPricing {
    /// Places that a fee spread over months is rounded to; no currency is paid in smaller parts.
    package static let spreadPlaces = 10

    /// The parts of the month's cost: use through its tiers, and fees of a commitment spread over its months.
    ///
    /// - Throws: ``EstimateError``: `incomplete` where a charge of the offer is missing, `unitMismatch` where quantity
    ///   and unit do not go together, `notExact`.
    package static func parts(of offer: Offer, for line: BillLine) throws(EstimateError) -> [CostPart] {
        guard offer.absent.isEmpty else {
            let absent = offer.absent.map(\.rawValue).joined(separator: " and ")
            throw EstimateError(
                .incomplete, "its offer has a charge of another currency or time too (\(absent)), and is priced whole",
                line: line.name)
        }
        var parts: [CostPart] = []
        for charge in offer.charges {
            switch charge.kind {
            case .usage:
                guard let unit = charge.tiers.first else { continue }
                let use = try UnitAgreement.use(
                    line.quantity, in: UnitDimension(ofUnit: unit.normalisedUnit), named: unit.unit, line: line.name)
                parts += try TierPricing.parts(of: charge.tiers, use: use, line: line.name)
            case .upfrontFee, .wholeTerm:
                parts += try charge.tiers.map { row throws(EstimateError) in try fee(row, for: line) }
            }
        }
        return parts
    }

    private static func fee(_ row: PriceRow, for line: BillLine) throws(EstimateError) -> CostPart {
        guard let months = row.termMonths, months > 0 else {
            throw EstimateError(.incomplete, "its fee is for a commitment whose length is not known", line: line.name)
        }
        do {
            let cost = try (line.quantity.amount * row.price)
                .divided(by: ExactDecimal(months), places: spreadPlaces).normalised
            return CostPart(row, quantity: line.quantity.amount, cost: cost, spreadOverMonths: months)
        } catch {
            throw EstimateError(.notExact, "its fee: \(error)", line: line.name)
        }
    }
}
