/// Text from elsewhere as a terminal may show it.
package enum TerminalText {
    /// The text with every character that a terminal obeys written out, as `\u{1B}`.
    ///
    /// Those are the control characters of ASCII and Latin-1, and the marks that turn the direction of text around or
    /// break lines. Line feeds and tabs stay; CR LF becomes LF.
    package static func shown(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var isAfterReturn = false
        for scalar in text.unicodeScalars {
            if isAfterReturn, scalar != "\n" { append("\r", to: &result) }
            isAfterReturn = scalar == "\r"
            if !isAfterReturn { append(scalar, to: &result) }
        }
        if isAfterReturn { append("\r", to: &result) }
        return String(result)
    }

    /// The text on one line: line feeds and tabs are written out too.
    package static func line(_ text: String) -> String {
        shown(text).bytes.replaced("\n", with: "\\n").bytes.replaced("\t", with: "\\t")
    }

    private static func append(_ scalar: Unicode.Scalar, to result: inout String.UnicodeScalarView) {
        guard isObeyed(scalar) else { return result.append(scalar) }
        result.append(contentsOf: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}".unicodeScalars)
    }

    private static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: false
        case 0..<0x20, 0x7F...0x9F: true
        case 0x061C, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
