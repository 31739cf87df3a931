public import CloudPrices

/// Prices that belong together: one product in one region, bought in one way at one rate, with its tiers and fees.
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
        /// What the codes of its tiers and fees have in common.
        var rate: String
    }

    /// The tiers of one charge, from the lowest up.
    package struct Charge: Sendable {
        package var kind: PriceCharge
        package var tiers: [PriceRow]
    }

    package var key: Key
    package var charges: [Charge]
    /// Charges that the offer has in another currency or at another time, and not among its own.
    package var absent: [PriceCharge]

    /// Gathers rows into offers, each with all of its charges, leaving out what does not hold at a moment.
    ///
    /// Of rows that differ only in the time since when they hold, the latest counts: lists repeat a price whose end
    /// they do not tell. Rows that agree in all that an offer has, and still price one tier of one charge differently,
    /// or are in different units, are alternatives, each with all other charges: nothing says which is meant.
    ///
    /// - Parameters:
    ///   - rows: All rows of each offer; a filter that drops some of them would drop charges.
    ///   - moment: When they must hold; `nil` for any time.
    /// - Returns: The offers, in no order.
    package static func offers(from rows: [PriceRow], at moment: PriceInstant?) -> [Offer] {
        var groups: [Key: OfferRates] = [:]
        var kinds: [Key: Set<PriceCharge>] = [:]
        for row in rows {
            let key = Key(row)
            kinds[key.inAnyCurrency, default: []].insert(row.charge)
            if moment.map(row.holds) ?? true { groups[key, default: OfferRates()].add(row) }
        }
        return groups.flatMap { key, rates in
            let absent = (kinds[key.inAnyCurrency] ?? []).subtracting(rates.charges)
            return rates.alternatives.map { rows in
                Offer(key: key, rows: rows, absent: absent.sorted { $0.rawValue < $1.rawValue })
            }
        }
    }

    private init(key: Key, rows: [PriceRow], absent: [PriceCharge]) {
        self.key = key
        self.absent = absent
        charges = Dictionary(grouping: rows, by: \.charge).map { kind, rows in
            Charge(kind: kind, tiers: rows.sorted { $0.tierStart < $1.tierStart })
        }.sorted { $0.kind.rawValue < $1.kind.rawValue }
    }

    /// All of its rows.
    var rows: [PriceRow] { charges.flatMap(\.tiers) }

    /// What is shown of it.
    var summary: OfferSummary {
        let row = charges.first?.tiers.first
        return OfferSummary(
            sku: key.sku, service: key.service, region: key.region,
            what: row?.skuName ?? row?.description ?? row?.productFamily ?? "", term: key.term,
            termMonths: key.termMonths, purchaseOption: key.purchaseOption, offeringClass: key.offeringClass,
            rate: charges.count == 1 && charges[0].tiers.count == 1 ? charges[0].tiers[0].rateCode : key.rate,
            price: charges.compactMap { $0.tiers.first?.priceText }.joined(separator: " and "))
    }
}

extension PriceRow {
    /// The price and what it is for.
    fileprivate var priceText: String {
        switch charge {
        case .usage: "\(price.text) \(currency) / \(unit)"
        case .upfrontFee: "\(price.text) \(currency) upfront"
        case .wholeTerm: "\(price.text) \(currency) for the whole term"
        }
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
        rate = row.commonRate
    }

    /// The same contract, whatever it is paid in.
    fileprivate var inAnyCurrency: Offer.Key {
        var key = self
        key.currency = ""
        return key
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
    /// The provider's key of the rate; of several tiers or fees, what their keys have in common.
    public var rate: String
    /// The lowest tier's price of each of its charges.
    public var price: String

    /// One line.
    public var description: String {
        var parts = [sku, service, region, what, term.rawValue]
        if let termMonths { parts.append("\(termMonths) months") }
        parts += [purchaseOption, offeringClass, "rate \(rate)"].compactMap(\.self)
        return (parts.filter { !$0.isEmpty } + [price]).joined(separator: " · ")
    }
}
