public import CloudPrices

/// Prices bills of materials.
public struct Estimator: Sendable {
    private let catalogue: any PriceCatalogue
    private let moment: PriceInstant

    /// Makes an estimator.
    ///
    /// - Parameters:
    ///   - catalogue: Where the prices are.
    ///   - moment: When prices must hold.
    public init(_ catalogue: any PriceCatalogue, at moment: PriceInstant) {
        self.catalogue = catalogue
        self.moment = moment
    }

    /// What a bill costs in a month.
    ///
    /// Nothing is rounded but fees that are spread over months, to ten places.
    ///
    /// - Throws: ``EstimateErrors`` with every line that cannot be priced; ``EstimateError`` where the catalogue
    ///   cannot be read; `CancellationError`.
    public func estimate(_ bill: BillOfMaterials) async throws -> Estimate {
        var lines: [Estimate.Line] = []
        var errors: [EstimateError] = []
        var warnings: [String] = []
        for line in bill.lines {
            try Task.checkCancellation()
            let rows = try await catalogue.rows(for: line)
            do throws(EstimateError) {
                let (priced, offer) = try priced(line, of: bill, in: rows)
                lines.append(priced)
                let free = FreeOfCharge.warning(of: line, offer, among: rows, at: moment)
                if let free { warnings.append(free) }
            } catch {
                errors.append(error)
            }
        }
        for own in bill.own {
            do throws(EstimateError) {
                lines.append(try Self.priced(own))
            } catch {
                errors.append(error)
            }
        }
        guard errors.isEmpty else { throw EstimateErrors(errors: errors) }
        var estimate = try Self.discounted(lines, of: bill)
        estimate.warnings = warnings + bill.discounts.compactMap { $0.warning(for: lines) }
        return estimate
    }

    private func priced(
        _ line: BillLine, of bill: BillOfMaterials, in rows: [PriceRow]
    ) throws(EstimateError) -> (Estimate.Line, Offer) {
        let offer = try OfferMatcher.offer(for: line, currency: bill.currency, in: rows, at: moment)
        let parts = try OfferPricing.parts(of: offer, for: line)
        let cost = try Self.sum(parts.map(\.cost), line.name)
        let priced = Estimate.Line(
            name: line.name, provider: line.provider, offer: offer.summary, parts: parts, cost: cost, discounted: cost)
        return (priced, offer)
    }

    private static func priced(_ own: OwnPrice) throws(EstimateError) -> Estimate.Line {
        // A unit that is not said is not compared.
        let use =
            own.unit.isEmpty
            ? nil
            : try UnitAgreement.use(
                own.quantity, in: UnitDimension(ofUnit: own.unit), named: own.unit, line: own.name)
        do {
            let cost = try own.price * (use ?? own.quantity.use())
            return Estimate.Line(
                name: own.name, provider: nil, offer: nil, parts: [], cost: cost, discounted: cost)
        } catch {
            throw EstimateError(.notExact, "its cost: \(error)", line: own.name)
        }
    }

    private static func discounted(
        _ lines: [Estimate.Line], of bill: BillOfMaterials
    ) throws(EstimateError) -> Estimate {
        var lines = lines
        var discounts: [Estimate.Discount] = []
        let gross = try sum(lines.map(\.cost), nil)
        for discount in bill.discounts {
            var taken: [ExactDecimal] = []
            for index in lines.indices where discount.scope.covers(lines[index]) {
                do {
                    let amount = try (lines[index].discounted * discount.percent) / ExactDecimal(100)
                    lines[index].discounted = try lines[index].discounted - amount
                    taken.append(amount)
                } catch {
                    throw EstimateError(.notExact, "the discount \(discount.name): \(error)", line: lines[index].name)
                }
            }
            discounts.append(
                Estimate.Discount(name: discount.name, percent: discount.percent, amount: try sum(taken, nil)))
        }
        return Estimate(
            name: bill.name, currency: bill.currency, lines: lines, discounts: discounts, gross: gross,
            total: try sum(lines.map(\.discounted), nil))
    }

    private static func sum(_ values: [ExactDecimal], _ line: String?) throws(EstimateError) -> ExactDecimal {
        do {
            var sum = ExactDecimal.zero
            for value in values { sum = try sum + value }
            return sum.normalised
        } catch {
            throw EstimateError(.notExact, "the sum: \(error)", line: line)
        }
    }
}
