import ByteText
package import CloudPrices
import Foundation

/// Finds the one offer that a line of the bill means.
package enum OfferMatcher {
    /// The offer that a line means.
    ///
    /// - Parameters:
    ///   - line: The line.
    ///   - currency: The bill's.
    ///   - rows: Prices to choose from, those of the line's provider at least.
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
        for condition in conditions(of: line) {
            let kept = left.filter(condition.holds)
            guard !kept.isEmpty else {
                let before = Offer.offers(from: left, at: moment).prefix(EstimateLimits.shownCandidates)
                let hint = before.isEmpty ? "" : "; without that condition it could be:"
                throw EstimateError(
                    .unmatched, "no price has \(condition.text)\(hint)", line: line.name,
                    candidates: before.map(\.summary))
            }
            left = kept
        }
        let offers = Offer.offers(from: left, at: moment)
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
                line: line.name, candidates: payable.prefix(EstimateLimits.shownCandidates).map(\.summary))
        }
        return offer
    }

    /// What a catalogue looks prices up by.
    private static func identity(of line: BillLine) -> String {
        let parts = [("service", line.service), ("region", line.region), ("sku", line.sku)].compactMap { name, value in
            value.map { "\(name) '\($0)'" }
        }
        return parts.isEmpty ? "any service" : parts.joined(separator: ", ")
    }

    private struct Condition {
        var text: String
        var holds: (PriceRow) -> Bool
    }

    private static func conditions(of line: BillLine) -> [Condition] {
        var conditions: [Condition] = []
        func require(_ name: String, _ wanted: String?, _ value: @escaping (PriceRow) -> String?) {
            guard let wanted else { return }
            conditions.append(Condition(text: "\(name) '\(wanted)'") { value($0) == wanted })
        }
        require("service", line.service, \.service)
        require("region", line.region, \.region)
        require("sku", line.sku, \.sku)
        require("term", line.term.rawValue, \.term.rawValue)
        require("term_months", line.termMonths.map(String.init)) { $0.termMonths.map(String.init) }
        require("purchase_option", line.purchaseOption, \.purchaseOption)
        require("offering_class", line.offeringClass, \.offeringClass)
        if let rate = line.rate {
            conditions.append(Condition(text: "rate '\(rate)'") { $0.hasRate(rate) })
        }
        for (name, wanted) in line.match.sorted(by: { $0.key < $1.key }) {
            if let column = columns[name] {
                require(name, wanted, column)
            } else {
                conditions.append(
                    Condition(text: "attribute \(name) '\(wanted)'") { $0.attribute(name) == wanted })
            }
        }
        return conditions
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
