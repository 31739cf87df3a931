/// The definitions around the rows of a dump: what `pg_dump` writes for the part before the rows and for the part
/// behind them, joined as if it had written both in one run.
package struct DumpFrame: Equatable {
    /// What stands before the rows.
    package private(set) var head: String
    /// What stands behind them.
    package private(set) var tail: String

    private static let end = "--\n-- PostgreSQL database dump complete\n"
    private static let firstEntry = "--\n-- Name: "
    private static let lastSetting = "SET row_security = off;\n"

    /// Joins the outputs of two runs; each has a start and an end of its own, of which the inner ones go.
    package init(before: String, after: String) {
        head = before
        tail = after
        if let end = before.firstRange(of: Self.end) { head = String(before[..<end.lowerBound]) }
        let entries = after.firstRange(of: Self.firstEntry) ?? after.firstRange(of: Self.end)
        guard let entries else { return }
        tail = String(after[entries.lowerBound...])
        takeRemovals(from: after[..<entries.lowerBound])
        takeKey(from: before)
    }

    /// Constraints are dropped before the tables that they are on.
    private mutating func takeRemovals(from start: Substring) {
        guard let settings = start.firstRange(of: Self.lastSetting),
            let place = head.firstRange(of: Self.lastSetting)
        else { return }
        let removals = start[settings.upperBound...].split(separator: "\n").filter {
            $0.hasPrefix("ALTER TABLE")
                || $0.hasPrefix("DROP ")
        }
        guard !removals.isEmpty else { return }
        head.insert(contentsOf: "\n" + removals.joined(separator: "\n") + "\n", at: place.upperBound)
    }

    /// psql wants the key at the end that it was given at the start.
    private mutating func takeKey(from before: String) {
        guard let key = Self.word(after: "\n\\restrict ", in: before),
            let other = Self.word(after: "\n\\unrestrict ", in: tail),
            let place = tail.firstRange(of: "\n\\unrestrict " + other)
        else { return }
        tail.replaceSubrange(place, with: "\n\\unrestrict " + key)
    }

    private static func word(after mark: String, in text: String) -> String? {
        text.firstRange(of: mark).map { String(text[$0.upperBound...].prefix { !$0.isWhitespace }) }
    }
}
