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

    /// All rows together where each tier has one price; otherwise each row alone.
    var alternatives: [[PriceRow]] {
        let all = rows.values.flatMap(\.self)
        return rows.values.allSatisfy { $0.count == 1 } ? [all] : all.map { [$0] }
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
