extension ByteText {
    /// For a part of an address: everything but ASCII's letters and digits, `-`, `.`, `_`, `~` and the listed marks as
    /// percent signs with two digits.
    package func percentEncoded(keeping marks: StaticString = "") -> String {
        let kept = ByteText("-._~\(marks)")
        var result = String.UnicodeScalarView()
        for byte in utf8 {
            if Self.isLetter(byte) || Self.isDigit(byte) || kept.utf8.contains(byte) {
                result.append(Unicode.Scalar(byte))
            } else {
                result.append("%")
                for digit in [byte >> 4, byte & 15] {
                    result.append(Unicode.Scalar(digit < 10 ? digit + 0x30 : digit + 0x37))
                }
            }
        }
        return String(result)
    }
}
