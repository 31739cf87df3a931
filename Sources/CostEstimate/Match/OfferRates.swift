import ByteText
import CloudPrices

/// The rows of one offer while they are gathered.
struct OfferRates {
    private struct Place: Hashable {
        var charge: PriceCharge
        var start: ExactDecimal
    }

    /// Of each tier of each charge, what it may cost.
    private var rows: [Place: [PriceRow]] = [:]

    /// Adds a row, unless a newer one of the same rate is there; older ones go.
    mutating func add(_ row: PriceRow) {
        let place = Place(charge: row.charge, start: row.tierStart)
        var others = rows[place] ?? []
        guard !others.contains(where: { $0.rateCode == row.rateCode && ($0.isNewer(than: row) || $0.costsAs(row)) })
        else { return }
        others.removeAll { $0.rateCode == row.rateCode && row.isNewer(than: $0) }
        rows[place] = others + [row]
    }

    /// The kinds of charges that there are.
    var charges: Set<PriceCharge> { Set(rows.keys.map(\.charge)) }

    /// The most alternatives that are told apart; more would tell nobody anything.
    private static let maximumAlternatives = 1000

    /// The sets of rows that the offer may mean, each with every charge that it has.
    ///
    /// Mostly there is one, with all rows. Tiers in different units, or several prices of one tier, leave a choice.
    var alternatives: [[PriceRow]] {
        var whole: [[PriceRow]] = [[]]
        for (_, places) in Dictionary(grouping: rows, by: \.key.charge).sorted(by: { $0.key.rawValue < $1.key.rawValue }
        ) {
            let choices = Self.choices(places.flatMap(\.value))
            whole = Array(
                whole.lazy.flatMap { first in choices.lazy.map { first + $0 } }.prefix(Self.maximumAlternatives))
        }
        return whole
    }

    /// The sets of rows that one charge may mean: all of one unit, or each alone where one tier has several prices.
    private static func choices(_ rows: [PriceRow]) -> [[PriceRow]] {
        Dictionary(grouping: rows) { [$0.unit, $0.normalisedUnit, "\($0.unitBlock)"] }.values.flatMap { rows in
            Set(rows.map(\.tierStart)).count == rows.count ? [rows] : rows.map { [$0] }
        }
    }
}

extension PriceRow {
    /// What the codes of all tiers and fees of one price have in common.
    ///
    /// AWS gives each tier a code of its own, behind those of the product and of the contract; a rate of a savings plan
    /// has two parts, the plan and the rate, and no tiers. The others have one code for all tiers.
    var commonRate: String {
        guard provider == .aws, rateCode.bytes.parts(at: ".").count > 2 else { return rateCode }
        return rateCode.bytes.cut(atLast: ".")?.before.string ?? rateCode
    }

    func holds(at moment: PriceInstant) -> Bool {
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

    /// Whether it is a repetition, which lists have too.
    fileprivate func costsAs(_ other: PriceRow) -> Bool {
        effectiveFrom == other.effectiveFrom && price == other.price && unit == other.unit && tierEnd == other.tierEnd
    }
}
