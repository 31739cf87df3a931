import ByteText

/// Text as SQL wants it written.
///
/// Quotation marks and backslashes are found as bytes, as the server finds them: a mark that a combining character
/// follows is doubled like any other.
public enum PostgresSyntax {
    /// A name in double quotes, for a table or column whatever its letters.
    public static func identifier(_ name: String) -> String { "\"" + name.bytes.replaced("\"", with: "\"\"") + "\"" }

    /// A text in single quotes, read as that very text whatever the server's settings.
    public static func literal(_ text: String) -> String {
        let quoted = text.bytes.replaced("'", with: "''")
        guard quoted.utf8.contains(UInt8(ascii: "\\")) else { return "'\(quoted)'" }
        return "E'" + quoted.bytes.replaced("\\", with: "\\\\") + "'"
    }
}
