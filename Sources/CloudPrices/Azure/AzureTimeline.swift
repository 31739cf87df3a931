/// Which price of a family holds when: makes periods that do not overlap of rows that do.
///
/// Azure's rows of one thing overlap in time: a new price starts while the old one has no end, and at times two rows
/// start together and one of them ends. The rule for any moment T, among the rows that hold at T:
///
/// 1. of rows with one start and one tier, the earliest end wins: what is limited in time goes before what is not;
/// 2. the latest start wins: a newer list of tiers replaces the older one whole, if it can stand alone and divides the
///    amounts in another way. If it only dates some of the older tiers anew, or one of the two lists does not begin at
///    0, the older tiers stay that nothing replaces;
/// 3. a list without a tier that starts at 0 is no price, so none holds.
///
/// Two rows that start and end together and differ in price cannot be told apart: that is a problem.
package enum AzureTimeline {
    /// One row of a family: a tier and when it is said to hold.
    package struct Entry: Equatable {
        package var tier: ExactDecimal
        package var from: PriceInstant
        package var to: PriceInstant?

        package init(tier: ExactDecimal, from: PriceInstant, to: PriceInstant?) {
            self.tier = tier
            self.from = from
            self.to = to
        }
    }

    /// A row with the time in which it does hold, and the tier that follows it then.
    package struct Period: Equatable {
        /// Which of the entries.
        package var entry: Int
        package var tier: ExactDecimal
        package var tierEnd: ExactDecimal?
        package var from: PriceInstant
        package var to: PriceInstant?
    }

    /// Two entries that cannot be told apart.
    package struct Conflict: Error, Equatable {
        package var first: Int
        package var second: Int

        package init(first: Int, second: Int) {
            self.first = first
            self.second = second
        }
    }

    /// The periods, in the order of their start, then of their tier.
    package static func periods(_ entries: [Entry]) throws(Conflict) -> [Period] {
        if entries.count == 1 {
            guard entries[0].tier.isZero else { return [] }
            return [Period(entry: 0, tier: entries[0].tier, tierEnd: nil, from: entries[0].from, to: entries[0].to)]
        }
        try checkConflicts(entries)
        var bounds = Set(entries.map(\.from))
        bounds.formUnion(entries.compactMap(\.to))
        let moments = bounds.sorted()
        var periods: [Period] = []
        for (index, start) in moments.enumerated() {
            let end = index + 1 < moments.count ? moments[index + 1] : nil
            let tiers = holding(at: start, entries)
            for (position, entry) in tiers.enumerated() {
                let next = position + 1 < tiers.count ? entries[tiers[position + 1]].tier : nil
                let tier = entries[entry].tier
                extend(&periods, with: Period(entry: entry, tier: tier, tierEnd: next, from: start, to: end))
            }
        }
        return periods
    }

    /// The entries that hold at a moment, one for each tier, in the order of tiers; none if no tier starts at 0.
    package static func holding(at moment: PriceInstant, _ entries: [Entry]) -> [Int] {
        let holding = entries.indices.filter { index in
            entries[index].from <= moment && (entries[index].to.map { moment < $0 } ?? true)
        }
        var list: [Int] = []
        for start in Set(holding.map { entries[$0].from }).sorted() {
            let newer = winners(of: holding.filter { entries[$0].from == start }, entries)
            list = amends(newer, list, entries) ? merged(newer, into: list, entries) : newer
        }
        guard let lowest = list.first, entries[lowest].tier.isZero else { return [] }
        return list
    }

    /// One entry for each tier of those that start together, in the order of tiers.
    private static func winners(of together: [Int], _ entries: [Entry]) -> [Int] {
        var winners: [Int] = []
        for index in together.sorted(by: { entries[$0].tier < entries[$1].tier }) {
            guard let last = winners.last, entries[last].tier == entries[index].tier else {
                winners.append(index)
                continue
            }
            if endsEarlier(entries[index], entries[last]) { winners[winners.count - 1] = index }
        }
        return winners
    }

    /// Whether a newer list of tiers is a change of an older one, and not a list of its own.
    private static func amends(_ newer: [Int], _ older: [Int], _ entries: [Entry]) -> Bool {
        guard let first = older.first, let new = newer.first else { return false }
        // One that does not begin at 0 cannot stand alone.
        guard entries[first].tier.isZero, entries[new].tier.isZero else { return true }
        let known = older.map { entries[$0].tier }
        return newer.allSatisfy { known.contains(entries[$0].tier) }
    }

    /// The older tiers that no newer one replaces, and the newer ones, in order.
    private static func merged(_ newer: [Int], into older: [Int], _ entries: [Entry]) -> [Int] {
        let replaced = newer.map { entries[$0].tier }
        return (older.filter { !replaced.contains(entries[$0].tier) } + newer)
            .sorted { entries[$0].tier < entries[$1].tier }
    }

    private static func endsEarlier(_ left: Entry, _ right: Entry) -> Bool {
        guard let end = left.to else { return false }
        return right.to.map { end < $0 } ?? true
    }

    private static func checkConflicts(_ entries: [Entry]) throws(Conflict) {
        for second in entries.indices.dropFirst() {
            for first in 0..<second where entries[first] == entries[second] {
                throw Conflict(first: first, second: second)
            }
        }
    }

    /// Goes on with the period of the same entry that ends where this one starts, if nothing else has changed.
    private static func extend(_ periods: inout [Period], with period: Period) {
        if let index = periods.lastIndex(where: { $0.entry == period.entry }), periods[index].to == period.from,
            periods[index].tierEnd == period.tierEnd
        {
            periods[index].to = period.to
        } else {
            periods.append(period)
        }
    }
}
