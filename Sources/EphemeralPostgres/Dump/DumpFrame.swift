import ByteText

/// The definitions around the rows of a dump: what `pg_dump` writes for the part before the rows and for the part
/// behind them, joined as if it had written both in one run.
package struct DumpFrame: Equatable {
    /// What stands before the rows.
    package private(set) var head: String
    /// What stands behind them.
    package private(set) var tail: String

    private static let end: ByteText = "--\n-- PostgreSQL database dump complete\n"
    private static let firstEntry: ByteText = "--\n-- Name: "
    private static let lastSetting: ByteText = "SET row_security = off;\n"

    /// Joins the outputs of two runs; each has a start and an end of its own, of which the inner ones go.
    ///
    /// With a key, it takes the place of that which `pg_dump` has made up; older ones have none.
    package init(before: String, after: String, key: String? = nil) {
        head = before
        tail = after
        if let (start, _) = before.bytes.cut(at: Self.end) { head = start.string }
        let entries = after.bytes.range(of: Self.firstEntry) ?? after.bytes.range(of: Self.end)
        guard let entries else { return }
        tail = String(after[entries.lowerBound...])
        takeRemovals(from: after[..<entries.lowerBound])
        setKey(key ?? Self.word(after: Self.lock, in: head))
    }

    /// Constraints are dropped before the tables that they are on.
    private mutating func takeRemovals(from start: Substring) {
        guard let settings = start.bytes.range(of: Self.lastSetting),
            let place = head.bytes.range(of: Self.lastSetting)
        else { return }
        let removals = ByteText(start[settings.upperBound...]).parts(at: "\n")
            .filter { $0.hasStart("ALTER TABLE") || $0.hasStart("DROP ") }
        guard !removals.isEmpty else { return }
        head.insert(contentsOf: "\n" + removals.map(\.string).joined(separator: "\n") + "\n", at: place.upperBound)
    }

    private static let lock = "\n\\restrict "
    private static let unlock = "\n\\unrestrict "

    /// psql wants the key at the end that it was given at the start.
    private mutating func setKey(_ key: String?) {
        guard let key else { return }
        Self.replaceWord(after: Self.lock, in: &head, with: key)
        Self.replaceWord(after: Self.unlock, in: &tail, with: key)
    }

    private static func replaceWord(after mark: String, in text: inout String, with other: String) {
        guard let word = word(after: mark, in: text), let place = text.bytes.range(of: (mark + word).bytes) else {
            return
        }
        text.replaceSubrange(place, with: mark + other)
    }

    private static func word(after mark: String, in text: String) -> String? {
        text.bytes.cut(at: mark.bytes).map { _, rest in
            String(Substring(rest.utf8.prefix { !ByteText.isBlank($0) }))
        }
    }
}
