/// What a published unit means: how much of which normalised unit one price buys.
///
/// The contract is `price / block = price of one unit`: a price of 3.50 for `10K Transactions` is 0.00035 for each of
/// the `Transactions`.
public struct NormalisedUnit: Hashable, Sendable {
    /// The unit in the words of Microsoft's pricing units, which all providers share here: `Hours`, `GB/Month`.
    public let name: String
    /// How many of them the published price is for; at least 1.
    public let block: Int64

    /// - Precondition: `block` is at least 1.
    public init(_ name: String, block: Int64 = 1) {
        precondition(block >= 1, "a block holds at least one unit")
        self.name = name
        self.block = block
    }
}

extension NormalisedUnit {
    /// The same unit in a block of so many; `nil` if the block is too large.
    func times(_ count: Int64) -> NormalisedUnit? {
        let (product, overflow) = block.multipliedReportingOverflow(by: count)
        return overflow ? nil : NormalisedUnit(name, block: product)
    }
}

/// Every unit that a provider is known to price in.
///
/// A unit that is not in the table has no meaning: a scraper reports it and its run fails, because a price in a unit
/// that nobody has looked at is a price nobody knows. ``adding(_:)`` is the way out.
public struct UnitTable: Sendable {
    private var exact: [String: NormalisedUnit]
    private var folded: [String: NormalisedUnit]
    private let grammar: @Sendable (String) -> NormalisedUnit?

    /// A table of the given spellings, and of those that a grammar reads.
    ///
    /// With `ignoringCase`, a spelling that differs from a listed one in case alone means the same, as long as it
    /// could mean one thing only.
    package init(
        _ units: [(published: String, unit: NormalisedUnit)],
        ignoringCase: Bool = false,
        grammar: @escaping @Sendable (String) -> NormalisedUnit? = { _ in nil }
    ) {
        exact = Dictionary(units.map { ($0.published, $0.unit) }) { first, _ in first }
        folded = ignoringCase ? Self.fold(units) : [:]
        self.grammar = grammar
    }

    /// The meaning of a unit as published, or `nil` if it is not known.
    ///
    /// Spaces count: Microsoft publishes both `1` and `1` with a space after it.
    public func meaning(of published: String) -> NormalisedUnit? {
        if let unit = exact[published] { return unit }
        if !folded.isEmpty, let unit = folded[published.lowercased()] { return unit }
        return grammar(published)
    }

    /// The same table that also knows these units; they win over what it knew.
    public func adding(_ units: [String: NormalisedUnit]) -> UnitTable {
        var table = self
        table.exact.merge(units) { _, new in new }
        return table
    }

    /// The listed spellings, in order; those that a grammar reads are not among them.
    public var publishedUnits: [String] { exact.keys.sorted() }

    private static func fold(_ units: [(published: String, unit: NormalisedUnit)]) -> [String: NormalisedUnit] {
        let groups = Dictionary(grouping: units) { $0.published.lowercased() }
        return groups.compactMapValues { group in
            let meanings = Set(group.map(\.unit))
            return meanings.count == 1 ? meanings.first : nil
        }
    }
}
