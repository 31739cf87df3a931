import ByteText
package import CloudPrices
import Foundation

/// Finds the one offer that a line of the bill means.
package enum OfferMatcher {
    /// The offer that a line means, with all of its charges.
    ///
    /// Rows become offers before any of them is left out. What all rows of an offer share narrows the rows; what only
    /// some of them have, such as a unit, a charge or a rate's code, chooses an offer by one of its rows and keeps the
    /// others: an offer is priced whole or not at all.
    ///
    /// - Parameters:
    ///   - line: The line.
    ///   - currency: The bill's.
    ///   - rows: Prices to choose from, those of the line's provider at least; of each offer all rows.
    ///   - moment: When they must hold.
    /// - Returns: The offer, with its charges and their tiers.
    /// - Throws: ``EstimateError``: `unmatched` with the condition that left nothing, `ambiguous` with the candidates,
    ///   `currency` when only offers in other currencies are left.
    package static func offer(
        for line: BillLine, currency: String, in rows: [PriceRow], at moment: PriceInstant
    ) throws(EstimateError) -> Offer {
        var left = rows.filter { $0.provider == line.provider }
        guard !left.isEmpty else {
            throw EstimateError(
                .unmatched, "no price of \(line.provider) has \(identity(of: line))", line: line.name)
        }
        for condition in sharedConditions(of: line) {
            let kept = left.filter(condition.holds)
            guard !kept.isEmpty else {
                throw unmatched(line, condition, Offer.offers(from: left, at: moment))
            }
            left = kept
        }
        var offers = Offer.offers(from: left, at: moment)
        let conditions = rowConditions(of: line)
        switch narrowed(offers, by: conditions) {
        case .success(let kept): offers = kept
        case .failure(let none):
            guard offers.isEmpty || (try? narrowed(Offer.offers(from: left, at: nil), by: conditions).get()) != nil
            else {
                throw unmatched(line, none.condition, none.before)
            }
            throw EstimateError(.unmatched, "its prices do not hold at the time of the estimate", line: line.name)
        }
        return try chosen(of: offers, for: line, currency: currency)
    }

    /// The one offer that is left in the bill's currency.
    private static func chosen(
        of offers: [Offer], for line: BillLine, currency: String
    ) throws(EstimateError) -> Offer {
        guard !offers.isEmpty else {
            throw EstimateError(.unmatched, "its prices do not hold at the time of the estimate", line: line.name)
        }
        let payable = offers.filter { $0.key.currency == currency }
        guard let offer = payable.first else {
            let found = Set(offers.map(\.key.currency)).sorted().joined(separator: ", ")
            throw EstimateError(
                .currency, "its price is in \(found), and the bill is in \(currency)", line: line.name)
        }
        guard payable.count == 1 else {
            throw EstimateError(
                .ambiguous, "\(payable.count) offers fit; say which by sku, region, term, rate or match:",
                line: line.name, candidates: shown(payable))
        }
        return offer
    }

    /// The condition that no offer meets, and the offers that met all before it.
    private struct Unmet: Error {
        var condition: Condition
        var before: [Offer]
    }

    /// The offers of which one row meets all conditions.
    private static func narrowed(_ offers: [Offer], by conditions: [Condition]) -> Result<[Offer], Unmet> {
        var candidates = offers.map { (offer: $0, rows: $0.rows) }
        for condition in conditions {
            let kept = candidates.map { (offer: $0.offer, rows: $0.rows.filter(condition.holds)) }
                .filter { !$0.rows.isEmpty }
            if kept.isEmpty { return .failure(Unmet(condition: condition, before: candidates.map(\.offer))) }
            candidates = kept
        }
        return .success(candidates.map(\.offer))
    }

    private static func unmatched(_ line: BillLine, _ condition: Condition, _ before: [Offer]) -> EstimateError {
        let candidates = shown(before)
        let hint = candidates.isEmpty ? "" : "; without that condition it could be:"
        return EstimateError(
            .unmatched, "no price has \(condition.text)\(hint)", line: line.name, candidates: candidates)
    }

    private static func shown(_ offers: [Offer]) -> [OfferSummary] {
        offers.map { (text: $0.summary.description, summary: $0.summary) }.sorted { $0.text < $1.text }
            .prefix(EstimateLimits.shownCandidates).map(\.summary)
    }

    /// What a catalogue looks prices up by.
    private static func identity(of line: BillLine) -> String {
        let parts = [("service", line.service), ("region", line.region), ("sku", line.sku)].compactMap { name, value in
            value.map { "\(name) '\($0)'" }
        }
        return parts.isEmpty ? "any service" : parts.joined(separator: ", ")
    }

    private struct Condition: Sendable {
        var text: String
        var holds: @Sendable (PriceRow) -> Bool
    }

    private static func condition(
        _ name: String, _ wanted: String, _ value: @escaping @Sendable (PriceRow) -> String?
    ) -> Condition {
        Condition(text: "\(name) '\(wanted)'") { value($0) == wanted }
    }

    /// Conditions that all rows of an offer meet, or none.
    private static func sharedConditions(of line: BillLine) -> [Condition] {
        let wanted: [(name: String, value: String?, of: @Sendable (PriceRow) -> String?)] = [
            ("service", line.service, { $0.service }), ("region", line.region, { $0.region }),
            ("sku", line.sku, { $0.sku }), ("term", line.term.rawValue, { $0.term.rawValue }),
            ("term_months", line.termMonths.map(String.init), { $0.termMonths.map(String.init) }),
            ("purchase_option", line.purchaseOption, { $0.purchaseOption }),
            ("offering_class", line.offeringClass, { $0.offeringClass }),
        ]
        return wanted.compactMap { name, value, of in value.map { condition(name, $0, of) } }
    }

    /// Conditions that some rows of an offer may meet and others not.
    private static func rowConditions(of line: BillLine) -> [Condition] {
        let rate = line.rate.map { rate in Condition(text: "rate '\(rate)'") { $0.hasRate(rate) } }
        return [rate].compactMap(\.self)
            + line.match.sorted { $0.key < $1.key }.map { name, wanted in
                columns[name].map { condition(name, wanted, $0) }
                    ?? condition("attribute \(name)", wanted) { $0.attribute(name) }
            }
    }

    /// Columns that `match` may name; any other name is a kept attribute's.
    private static let columns: [String: @Sendable (PriceRow) -> String?] = [
        "rate_code": { $0.rateCode }, "product_family": { $0.productFamily }, "sku_name": { $0.skuName },
        "description": { $0.description }, "unit": { $0.unit }, "normalised_unit": { $0.normalisedUnit },
        "charge": { $0.charge.rawValue }, "currency": { $0.currency }, "source": { $0.source },
    ]
}

extension PriceRow {
    /// Whether a code is this rate's, or what it begins with: a plan, a meter, a product with its contract.
    fileprivate func hasRate(_ code: String) -> Bool {
        guard rateCode.bytes.hasStart(code.bytes) else { return false }
        let rest = rateCode.utf8.dropFirst(code.utf8.count)
        return rest.first.map { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "/") } ?? true
    }

    /// The value of a kept attribute.
    fileprivate func attribute(_ name: String) -> String? {
        guard let attributes else { return nil }
        let object = try? JSONSerialization.jsonObject(with: Data(attributes.utf8)) as? [String: Any]
        return object?[name] as? String
    }
}
