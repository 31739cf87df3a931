/// Words as a shell reads them.
package enum ShellWord {
    /// A text as one word of a shell's command line.
    ///
    /// Plain words stand as they are; others stand in single quotation marks. A word with control characters has the
    /// form `$'…'`, which bash, zsh, ksh and POSIX of 2024 read: such a word shows no control character to the terminal
    /// that it is printed on.
    package static func quoted(_ word: String) -> String {
        let bytes = word.bytes
        if !word.isEmpty, bytes.isMade(ofLettersDigitsAnd: "/._-+:@%,") { return word }
        guard word.unicodeScalars.contains(where: isControl) else {
            return "'" + bytes.replaced("'", with: #"'\''"#) + "'"
        }
        return "$'" + word.unicodeScalars.map(escaped).joined() + "'"
    }

    /// Control characters of ASCII and of Latin-1, which terminals obey too.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "'": return #"\'"#
        case "\\": return #"\\"#
        case _ where isControl(scalar):
            return String(scalar).utf8.map { byte in
                let digits = String(byte, radix: 8)
                return "\\" + String(repeating: "0", count: 3 - digits.utf8.count) + digits
            }.joined()
        default: return String(scalar)
        }
    }
}
