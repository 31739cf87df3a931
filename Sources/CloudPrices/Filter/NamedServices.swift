/// Whether services that a selection names are there: one that is misspelt must not be a list of nothing.
enum NamedServices {
    /// How many names are told in place of one that is not there.
    private static let nearestCount = 3

    /// Compares the services that are named exactly with those of an index.
    ///
    /// - Parameters:
    ///   - selection: What is wanted.
    ///   - names: The names or codes by which each service can be asked for.
    ///   - provider: Whose services.
    ///   - source: The path of the index.
    /// - Throws: `PriceProblem` with code `invalidSelection` that names a service that is not there, and those that are
    ///   most like it.
    static func check(
        _ selection: ProviderSelection, among names: [String], of provider: CloudProvider, in source: String
    ) throws(PriceProblem) {
        guard !selection.services.isAll else { return }
        let known = Set(names)
        guard let missing = selection.services.namedTexts.first(where: { !known.contains($0) }) else { return }
        let nearest = nearest(to: missing, among: known).map { "'\($0)'" }.joined(separator: ", ")
        throw PriceProblem(
            .invalidSelection, "there is no such service", provider: provider, source: source, found: missing,
            advice: (nearest.isEmpty ? "The index lists none." : "There are \(nearest) and others.")
                + " Correct the selection, or leave it out.")
    }

    /// The names that are most like a text: first those that hold it or are in it, then by how many letters differ.
    private static func nearest(to text: String, among names: Set<String>) -> [String] {
        let wanted = Array(text.lowercased().utf8)
        let ranked = names.map { name in
            let letters = Array(name.lowercased().utf8)
            let isPart = letters.contains(wanted) || (!letters.isEmpty && wanted.contains(letters))
            return (rank: isPart ? 0 : 1, distance: distance(wanted, letters), name: name)
        }
        return ranked.sorted { ($0.rank, $0.distance, $0.name) < ($1.rank, $1.distance, $1.name) }
            .prefix(nearestCount).map(\.name)
    }

    /// How many letters must be put in, taken out or replaced.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (index, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, other) in right.enumerated() {
                let replaced = diagonal + (letter == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
            }
        }
        return row[right.count]
    }
}
