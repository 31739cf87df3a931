/// Places that are added to a provider's: a list of names, or names with the region that each stands for.
package struct PlaceRules: Sendable, Hashable, Decodable {
    /// The region of each name.
    package var regions: [String: String]

    /// Reads `[Atlantis]`, which keeps its name as a place of its own, or `{Atlantis: eu-west-1}`.
    package init(from decoder: any Decoder) throws {
        if let names = try? decoder.singleValueContainer().decode([String].self) {
            regions = Dictionary(names.map { ($0, $0) }) { first, _ in first }
        } else {
            regions = try decoder.singleValueContainer().decode([String: String].self)
        }
        for region in regions.values where region.isEmpty || region.utf8.count > PriceText.region.limit {
            throw RuleFault.fault("a region's name has 1 to \(PriceText.region.limit) bytes", decoder)
        }
    }
}

/// The rules of all providers as a person writes them: in a selection beside the providers, or in section `prices`.
///
/// ```yaml
/// units: {aws: {"1K widgets": {unit: Widgets, block: 1000}}}
/// regions: {aws: [Atlantis], gcp: {us-central9: us-central1}}
/// unknown: {azure: {skip: 100}}
/// odd: {azure: fail}
/// ```
package struct ReadingRuleSections: Sendable, Hashable {
    package var units: [String: [String: UnitRule]]?
    package var regions: [String: PlaceRules]?
    package var unknown: [String: RowTolerance]?
    package var odd: [String: RowTolerance]?

    package init(
        units: [String: [String: UnitRule]]? = nil, regions: [String: PlaceRules]? = nil,
        unknown: [String: RowTolerance]? = nil, odd: [String: RowTolerance]? = nil
    ) {
        self.units = units
        self.regions = regions
        self.unknown = unknown
        self.odd = odd
    }

    /// The names of the sections.
    package static let names = ["units", "regions", "unknown", "odd"]

    /// The providers that some section names, in order.
    package var providers: [String] {
        let names = [
            units.map { Set($0.keys) }, regions.map { Set($0.keys) }, unknown.map { Set($0.keys) },
            odd.map { Set($0.keys) },
        ]
        return names.compactMap(\.self).reduce(into: Set()) { $0.formUnion($1) }.sorted()
    }

    /// What they say about a provider.
    package func rules(of provider: CloudProvider) -> ReadingRules {
        var rules = ReadingRules()
        let name = provider.rawValue
        rules.units = units?[name] ?? [:]
        rules.places = regions?[name]?.regions ?? [:]
        rules.unknown = unknown?[name] ?? .fail
        rules.odd = odd?[name]
        return rules
    }
}
