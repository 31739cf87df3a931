/// Finds the name that somebody may have meant.
package enum NameSuggestion {
    /// The name that is nearest to a text, in letters that are missing, too many, wrong or swapped.
    ///
    /// - Parameters:
    ///   - text: What was written.
    ///   - names: What could have been meant.
    /// - Returns: nil if none is near: at most one fault in three letters.
    package static func nearest(to text: String, among names: [String]) -> String? {
        let written = Array(text.lowercased().prefix(200))
        let best = names.map { (name: $0, faults: faults(between: written, Array($0.lowercased().prefix(200)))) }
            .min { ($0.faults, $0.name) < ($1.faults, $1.name) }
        guard let best, best.faults <= max(1, written.count / 3), best.faults < best.name.count else { return nil }
        return best.name
    }

    /// A sentence that asks whether the nearest name was meant, or nothing.
    package static func question(_ text: String, among names: [String]) -> String {
        nearest(to: text, among: names).map { " Did you mean '\($0)'?" } ?? ""
    }

    /// Whether a text has at most so many faults as one of the names.
    package static func isNear(_ text: String, among names: [String], faults limit: Int) -> Bool {
        let written = Array(text.lowercased().prefix(200))
        return names.contains { faults(between: written, Array($0.lowercased().prefix(200))) <= limit }
    }

    /// The distance of Damerau and Levenshtein, in which neighbours are swapped at most once.
    private static func faults(between left: [Character], _ right: [Character]) -> Int {
        var rows = [Array(0...right.count)]
        for (i, letter) in left.enumerated() {
            var row = [i + 1]
            for (j, other) in right.enumerated() {
                var faults = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (letter == other ? 0 : 1))
                if i > 0, j > 0, letter == right[j - 1], left[i - 1] == other {
                    faults = min(faults, rows[i - 1][j - 1] + 1)
                }
                row.append(faults)
            }
            rows.append(row)
        }
        return rows[left.count][right.count]
    }
}
