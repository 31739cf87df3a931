/// Every region that a provider is known to sell in.
///
/// As with units, a region that is not in the table has no meaning: its run fails and names the rows.
/// ``adding(_:)`` is the way out when a provider opens a new one.
public struct RegionTable: Sendable {
    private var regions: Set<String>
    private var spellings: [String: String]
    private let pattern: @Sendable (String, Set<String>) -> Bool

    /// A table of canonical regions and of other spellings of them, which are compared in lower case.
    ///
    /// The pattern tells whether a code that is not listed is a region all the same, given those listed.
    package init(
        _ lines: String,
        spellings: [String: String] = [:],
        pattern: @escaping @Sendable (String, Set<String>) -> Bool = { _, _ in false }
    ) {
        var regions: Set<String> = []
        var known = spellings
        for line in lines.split(separator: "\n") {
            let fields = line.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
            let region = String(fields[0])
            regions.insert(region)
            known[region.lowercased()] = region
            guard fields.count == 2 else { continue }
            for spelling in fields[1].split(separator: ",") { known[spelling.lowercased()] = region }
        }
        self.regions = regions
        self.spellings = known
        self.pattern = pattern
    }

    /// The canonical name of a region, or `nil` if it is not known.
    ///
    /// The provider's code decides: `eu-west-1`, `westeurope`. The location is the name for people that stands beside
    /// it, `EU (Ireland)`; it is used when there is no code.
    public func region(code: String, location: String = "") -> String? {
        if let region = lookUp(code) { return region }
        return code.isEmpty ? lookUp(location) : nil
    }

    /// The same table that also knows these regions.
    public func adding(_ names: some Sequence<String>) -> RegionTable {
        var table = self
        table.regions.formUnion(names)
        return table
    }

    /// The same table that also knows these places by the regions that they stand for.
    func adding(_ places: [String: String]) -> RegionTable {
        var table = adding(places.values)
        for (name, region) in places { table.spellings[name.lowercased()] = region }
        return table
    }

    /// The canonical names, in order; those that follow a pattern alone are not among them.
    public var allRegions: [String] { regions.sorted() }

    private func lookUp(_ name: String) -> String? {
        if regions.contains(name) { return name }
        if let region = spellings[name.lowercased()] { return region }
        return pattern(name, regions) ? name : nil
    }
}
