internal import ByteText

/// The rules of RFC 3986 that ``WebURL`` needs, on bytes.
enum AddressBytes {
    /// Whether a reference starts with a scheme, whatever it is.
    static func hasScheme(_ text: ByteText) -> Bool {
        guard let (scheme, _) = text.cut(at: ":"), let first = scheme.utf8.first else { return false }
        return ByteText.isLetter(first) && scheme.isMade(ofLettersDigitsAnd: "+-.")
    }

    /// Path and query of what follows the authority; the fragment is dropped.
    static func target(_ text: ByteText) throws(WebFetchError) -> (path: String, query: String?) {
        let whole = text.cut(at: "#")?.before ?? text
        guard let (path, query) = whole.cut(at: "?") else { return (try encoded(whole), nil) }
        return (try encoded(path), try encoded(query))
    }

    /// The bytes with those percent-encoded that may not stand in an address.
    private static func encoded(_ text: ByteText) throws(WebFetchError) -> String {
        guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw WebFetchError(
                .invalidURL, url: "", phase: .preparing,
                detail: "the address cannot be used: it holds a control character")
        }
        return text.percentEncoded(keeping: "!$&'()*+,;=:@/?%[]|")
    }

    /// The path without `.` and `..`; it starts with `/`.
    static func withoutDotSegments(_ path: String) -> String {
        var kept: [ByteText] = []
        let parts = path.bytes.parts(at: "/").dropFirst()
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            switch part.string.lowercased().bytes {
            case ".", "%2e":
                if isLast { kept.append("") }
            case "..", ".%2e", "%2e.", "%2e%2e":
                if !kept.isEmpty { kept.removeLast() }
                if isLast { kept.append("") }
            default: kept.append(part)
            }
        }
        return "/" + kept.map(\.string).joined(separator: "/")
    }

    /// The text with its percent-encoded bytes decoded; what is not valid UTF-8 then is replaced.
    static func decoded(_ text: ByteText) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2, let value = UInt8(Substring(digits), radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
