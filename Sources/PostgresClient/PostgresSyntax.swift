/// Text as SQL wants it written.
public enum PostgresSyntax {
    /// A name in double quotes, for a table or column whatever its letters.
    public static func identifier(_ name: String) -> String {
        "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    /// A text in single quotes, read as that very text whatever the server's settings.
    public static func literal(_ text: String) -> String {
        let quoted = text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
        guard quoted.utf8.contains(UInt8(ascii: "\\")) else { return "'\(quoted)'" }
        return "E'" + quoted.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\") + "'"
    }
}
