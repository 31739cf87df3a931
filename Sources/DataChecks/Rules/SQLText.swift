/// Pieces of SQL.
enum SQLText {
    /// A text as a literal; backslashes mean themselves.
    static func literal(_ text: String) -> String {
        "'" + text.replacing("'", with: "''") + "'"
    }

    /// A name in quotes, as a column of an arbitrary name is written.
    static func quoted(_ name: String) -> String {
        "\"" + name.replacing("\"", with: "\"\"") + "\""
    }

    /// How many rows meet a condition.
    static func count(where condition: String?) -> String {
        condition.map { "COUNT(CASE WHEN \($0) THEN 1 END)" } ?? "COUNT(*)"
    }

    /// A query as a part of another: without the semicolon at its end.
    static func withoutSemicolon(_ sql: String) -> String {
        var text = Substring(sql)
        while let last = text.last, last.isWhitespace || last == ";" { text.removeLast() }
        return String(text.drop { $0.isWhitespace })
    }

    /// Conditions that hold all together; nil if there are none.
    static func all(_ conditions: [String?]) -> String? {
        let present = conditions.compactMap(\.self)
        return present.isEmpty ? nil : present.map { "(\($0))" }.joined(separator: " AND ")
    }
}
