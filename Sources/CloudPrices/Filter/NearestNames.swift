/// Finds the names that a misspelt one may have meant.
package enum NearestNames {
    /// The names that are most like a text: first those that hold it or are in it, then by how many letters differ.
    package static func names(to text: String, among names: Set<String>, count: Int = 3) -> [String] {
        let wanted = Array(text.lowercased().utf8)
        let ranked = names.map { name in
            let letters = Array(name.lowercased().utf8)
            let isPart = letters.contains(wanted) || (!letters.isEmpty && wanted.contains(letters))
            return (rank: isPart ? 0 : 1, distance: distance(wanted, letters), name: name)
        }
        return ranked.sorted { ($0.rank, $0.distance, $0.name) < ($1.rank, $1.distance, $1.name) }
            .prefix(count).map(\.name)
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
