import ByteText

/// Pieces of SQL.
enum SQLText {
    /// How many rows meet a condition.
    static func count(where condition: String?) -> String {
        condition.map { "COUNT(CASE WHEN \($0) THEN 1 END)" } ?? "COUNT(*)"
    }

    /// SQL that other SQL may follow: what may end in a comment of `--` has a line feed behind it.
    static func ended(_ sql: String) -> String { sql.bytes.holds("--") ? sql + "\n" : sql }

    /// A query as a part of another: without the semicolon at its end.
    static func withoutSemicolon(_ sql: String) -> String {
        var text = sql.bytes.trimmed
        while let shorter = text.withoutEnd(";") { text = shorter.trimmed }
        return ended(text.string)
    }

    /// Conditions that hold all together; nil if there are none.
    static func all(_ conditions: [String?]) -> String? {
        let present = conditions.compactMap(\.self)
        return present.isEmpty ? nil : present.map { "(\($0))" }.joined(separator: " AND ")
    }
}
