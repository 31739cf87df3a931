import ByteText

/// Looks at the first bytes of a body, so that a page for people is named as such and not as broken data.
struct ContentSniffer {
    private let content: PriceListRequest.Content
    private var isDecided = false

    init(_ content: PriceListRequest.Content) { self.content = content }

    struct Fault: Error {
        var code: PriceListFetchError.Code
        var detail: String
    }

    /// Whether a character that is no space has been seen.
    var hasSeenContent: Bool { isDecided }

    /// Judges a media type; servers often give none, or a general one, for good data.
    static func judge(mediaType: String?) throws(Fault) {
        guard let mediaType, mediaType == "text/html" || mediaType == "application/xhtml+xml" else { return }
        throw Fault(code: .htmlInPlaceOfData, detail: "the reply is a web page (\(mediaType)), not a price list")
    }

    /// Looks at the next bytes until the first that is no space has been seen; then does nothing.
    mutating func inspect(_ chunk: [UInt8]) throws(Fault) {
        guard !isDecided, let first = chunk.firstIndex(where: { byte in !Self.blanks.contains(byte) }) else { return }
        isDecided = true
        if chunk[first] == UInt8(ascii: "<") {
            throw Fault(
                code: .htmlInPlaceOfData, detail: "the reply is a web page, not a price list: \(Self.excerpt(chunk))")
        }
        guard content == .json else { return }
        guard chunk[first] == UInt8(ascii: "{") || chunk[first] == UInt8(ascii: "[") else {
            throw Fault(code: .wrongContent, detail: "the reply is not JSON; it starts: \(Self.excerpt(chunk))")
        }
    }

    /// Spaces, line ends, and the bytes of a byte order mark.
    private static let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF]

    /// The start of a body on one line, with nothing in it that a terminal would obey.
    static func excerpt(_ bytes: some Sequence<UInt8>, limit: Int = 160) -> String {
        let start = String(decoding: Array(bytes.prefix(limit * 2)), as: UTF8.self)
        let plain = start.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) }
        let words = String(plain).bytes.words.map(\.string).joined(separator: " ")
        return words.count > limit ? words.prefix(limit) + "…" : words
    }
}
