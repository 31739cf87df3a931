public import CloudPrices

/// Prices that belong together: one product in one region, bought in one way, with its tiers and fees.
package struct Offer: Sendable {
    package struct Key: Hashable, Sendable {
        var sku: String
        var service: String
        var region: String
        var term: PriceTerm
        var termMonths: Int?
        var purchaseOption: String?
        var offeringClass: String?
        var currency: String
    }

    /// The tiers of one charge, from the lowest up.
    package struct Charge: Sendable {
        package var kind: PriceCharge
        package var tiers: [PriceRow]
    }

    package var key: Key
    package var charges: [Charge]

    /// Gathers rows into offers, leaving out what does not hold at a moment.
    ///
    /// Of rows that differ only in the time since when they hold, the latest counts: lists repeat a price whose end
    /// they do not tell.
    package static func offers(from rows: [PriceRow], at moment: PriceInstant) -> [Offer] {
        var groups: [Key: [RateKey: PriceRow]] = [:]
        for row in rows where row.holds(at: moment) {
            let (key, rate) = (Key(row), RateKey(charge: row.charge, start: row.tierStart))
            if let other = groups[key]?[rate], !row.isNewer(than: other) { continue }
            groups[key, default: [:]][rate] = row
        }
        return groups.map { key, rates in
            let charges = Dictionary(grouping: rates.values, by: \.charge).map { kind, rows in
                Charge(kind: kind, tiers: rows.sorted { $0.tierStart < $1.tierStart })
            }
            return Offer(key: key, charges: charges.sorted { $0.kind.rawValue < $1.kind.rawValue })
        }.sorted { $0.summary.description < $1.summary.description }
    }

    private struct RateKey: Hashable {
        var charge: PriceCharge
        var start: ExactDecimal
    }

    /// What is shown of it.
    var summary: OfferSummary {
        let row = charges.first?.tiers.first
        return OfferSummary(
            sku: key.sku, service: key.service, region: key.region,
            what: row?.skuName ?? row?.description ?? row?.productFamily ?? "", term: key.term,
            termMonths: key.termMonths, purchaseOption: key.purchaseOption, offeringClass: key.offeringClass,
            price: row.map { "\($0.price.text) \($0.currency) / \($0.unit)" } ?? "")
    }
}

extension Offer.Key {
    fileprivate init(_ row: PriceRow) {
        sku = row.sku
        service = row.service
        region = row.region
        term = row.term
        termMonths = row.termMonths
        purchaseOption = row.purchaseOption
        offeringClass = row.offeringClass
        currency = row.currency
    }
}

extension PriceRow {
    fileprivate func holds(at moment: PriceInstant) -> Bool {
        if let effectiveFrom, moment < effectiveFrom { return false }
        if let effectiveTo, !(moment < effectiveTo) { return false }
        return true
    }

    fileprivate func isNewer(than other: PriceRow) -> Bool {
        switch (effectiveFrom, other.effectiveFrom) {
        case (let mine?, let its?): its < mine
        case (_?, nil): true
        case (nil, _): false
        }
    }
}

/// An offer in short: what an error lists, and what a priced line refers to.
public struct OfferSummary: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The provider's key of the product.
    public var sku: String
    /// The service.
    public var service: String
    /// The region.
    public var region: String
    /// What it is, in the provider's words.
    public var what: String
    /// How it is bought.
    public var term: PriceTerm
    /// The commitment's length in months.
    public var termMonths: Int?
    /// How a commitment is paid.
    public var purchaseOption: String?
    /// Whether a reservation can be exchanged.
    public var offeringClass: String?
    /// The lowest tier's price.
    public var price: String

    /// One line.
    public var description: String {
        var parts = [sku, service, region, what, term.rawValue]
        if let termMonths { parts.append("\(termMonths) months") }
        parts += [purchaseOption, offeringClass].compactMap(\.self)
        return (parts.filter { !$0.isEmpty } + [price]).joined(separator: " · ")
    }
}
