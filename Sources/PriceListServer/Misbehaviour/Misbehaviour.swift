import ByteText

/// One thing that the server does wrong, on which paths, and how often.
public struct Misbehaviour: Sendable, Hashable {
    /// What is done wrong.
    public enum Kind: Sendable, Hashable {
        /// A status in place of the list, with `Retry-After` if there is a text for it.
        case status(Int, retryAfter: String? = nil)
        /// The connection is cut after so many bytes of the body.
        case cut(after: Int)
        /// The body ends early, and the headers agree.
        case truncated(to: Int)
        /// A web page in place of the list.
        case html
        /// The headers say gzip, and the body is plain.
        case plainAsGzip
        /// A gzip body with wrong bytes in its middle.
        case damagedGzip
        /// The body comes in small pieces with pauses between them.
        case slow(piece: Int, pause: Duration)
        /// The next page is this page.
        case repeatedPage
        /// There is always a next page.
        case endlessPages
        /// Each page after the first begins with the last item of the one before, as when the set moves meanwhile.
        case overlappingPages
        /// Ranges are ignored.
        case noRanges
        /// Every reply is a new version.
        case changing
    }

    /// What is done wrong.
    public var kind: Kind
    /// A part of the path that it is done on; everything holds an empty one.
    public var path: String
    /// How often it is done; `nil` is always.
    public var times: Int?

    /// Makes one.
    public init(_ kind: Kind, path: String = "", times: Int? = nil) {
        self.kind = kind
        self.path = path
        self.times = times
    }

    /// Reads what a command line says: `429`, `503@/api/retail`, `cut=1000@AmazonEC2*2`, `html`, `slow=512`.
    ///
    /// - Returns: `nil` if it says nothing that is known.
    public init?(_ text: String) {
        var rest = text.bytes
        if let (before, count) = rest.cut(atLast: "*") {
            guard let times = Int(count.text), times > 0 else { return nil }
            self.times = times
            rest = before
        }
        let parts = rest.parts(at: "@", limit: 2)
        path = parts.count == 2 ? parts[1].string : ""
        let words = parts[0].parts(at: "=", limit: 2)
        guard let kind = Self.kind(words[0].string, words.count == 2 ? words[1].string : nil) else { return nil }
        self.kind = kind
    }

    /// The words that a command line may say.
    public static let words = [
        "STATUS[=RETRY-AFTER]", "cut=BYTES", "truncated=BYTES", "html", "plain-as-gzip", "damaged-gzip",
        "slow[=BYTES]", "repeated-page", "endless-pages", "overlapping-pages", "no-ranges", "changing",
    ]

    private static func kind(_ word: String, _ value: String?) -> Kind? {
        if let status = Int(word), (400...599).contains(status) { return .status(status, retryAfter: value) }
        let number = value.flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
        switch (word, number) {
        case ("cut", let count?): return .cut(after: count)
        case ("truncated", let count?): return .truncated(to: count)
        case ("slow", _): return .slow(piece: max(number ?? 1024, 1), pause: .milliseconds(20))
        default: break
        }
        guard value == nil else { return nil }
        let plain: [String: Kind] = [
            "html": .html, "plain-as-gzip": .plainAsGzip, "damaged-gzip": .damagedGzip, "changing": .changing,
            "repeated-page": .repeatedPage, "endless-pages": .endlessPages, "no-ranges": .noRanges,
            "overlapping-pages": .overlappingPages,
        ]
        return plain[word]
    }
}
