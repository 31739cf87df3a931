/// Something in a price list, or on the way from it, that is not as it must be.
///
/// It says what, where, and what to do about it.
public struct PriceProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of problems; more may come.
    public struct Code: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        /// The name of the kind, with underscores.
        public let rawValue: String
        /// Makes a kind from its name.
        public init(rawValue: String) { self.rawValue = rawValue }
        /// The name.
        public var description: String { rawValue }

        /// A unit that no mapping has.
        public static let unknownUnit = Code(rawValue: "unknown_unit")
        /// A region or location that no table has.
        public static let unknownRegion = Code(rawValue: "unknown_region")
        /// A currency that the provider is not known to use.
        public static let unknownCurrency = Code(rawValue: "unknown_currency")
        /// A contract term that is not known.
        public static let unknownTerm = Code(rawValue: "unknown_term")
        /// A price or a tier's limit that is not a decimal number.
        public static let invalidNumber = Code(rawValue: "invalid_number")
        /// A price below zero.
        public static let negativePrice = Code(rawValue: "negative_price")
        /// A date that is none.
        public static let invalidDate = Code(rawValue: "invalid_date")
        /// Tiers of one price that leave a gap, overlap or do not start in order.
        public static let brokenTiers = Code(rawValue: "broken_tiers")
        /// A field that must be there and is not.
        public static let missingField = Code(rawValue: "missing_field")
        /// Two records with one key.
        public static let duplicateKey = Code(rawValue: "duplicate_key")
        /// A text longer than its column takes.
        public static let textTooLong = Code(rawValue: "text_too_long")
        /// The document does not have the shape of this provider's price list.
        public static let wrongShape = Code(rawValue: "wrong_shape")
        /// The document is not JSON or CSV at all, or breaks its rules.
        public static let malformed = Code(rawValue: "malformed")
        /// The document ends too early.
        public static let truncated = Code(rawValue: "truncated")
        /// A limit on size, depth or count was passed.
        public static let limitExceeded = Code(rawValue: "limit_exceeded")
        /// Reading failed: a file, a connection, a compressed stream.
        public static let inputFailed = Code(rawValue: "input_failed")
        /// The key that a provider's list needs is not there, or is none.
        public static let missingKey = Code(rawValue: "missing_key")
        /// A scrape has found no price at all.
        public static let noPrices = Code(rawValue: "no_prices")
        /// The provider's server refused: there is no such list, or the key is missing or wrong.
        public static let refused = Code(rawValue: "refused")
        /// A list that is read page by page was changed meanwhile.
        public static let listMoved = Code(rawValue: "list_moved")
        /// A name in the selection that nothing has.
        public static let unusedName = Code(rawValue: "unused_name")
        /// Writing rows failed.
        public static let outputFailed = Code(rawValue: "output_failed")
        /// The selection file is wrong.
        public static let invalidSelection = Code(rawValue: "invalid_selection")
    }

    /// What kind it is.
    public var code: Code
    /// Whose list it is in.
    public var provider: CloudProvider?
    /// The document: its path below the provider's root.
    public var source: String
    /// Where in the document, in bytes from its start, after decompression.
    public var offset: Int?
    /// The SKU that it belongs to.
    public var sku: String?
    /// The offending text, shortened to 200 bytes.
    public var found: String?
    /// What is wrong, as one clause.
    public var message: String
    /// The way out, as one sentence; empty if there is none to give.
    public var advice: String

    /// Makes a problem; `found` is shortened.
    public init(
        _ code: Code, _ message: String, provider: CloudProvider? = nil, source: String = "", offset: Int? = nil,
        sku: String? = nil, found: String? = nil, advice: String = ""
    ) {
        self.code = code
        self.message = message
        self.provider = provider
        self.source = source
        self.offset = offset
        self.sku = sku
        self.found = found.map(Self.shortened)
        self.advice = advice
    }

    /// One line: place, what, where, and the way out.
    public var description: String {
        var place = [provider?.rawValue, source.isEmpty ? nil : source].compactMap { $0 }.joined(separator: " ")
        if let offset { place += "\(place.isEmpty ? "" : " ")at byte \(offset)" }
        var text = place.isEmpty ? "" : place + ": "
        text += message
        if let found { text += ": '\(found)'" }
        if let sku { text += " (SKU \(sku))" }
        text += " [\(code)]"
        return advice.isEmpty ? text : text + ". " + advice
    }

    private static func shortened(_ text: String) -> String {
        guard text.utf8.count > 200 else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(190))) + "…"
    }
}

/// What a run found wrong: every problem is counted; of those with one kind and offending text, the first is kept.
public struct PriceProblems: Error, Sendable, Hashable, CustomStringConvertible {
    /// How many of each kind there were.
    public private(set) var counts: [PriceProblem.Code: Int] = [:]
    /// The first of each kind and offending text, in the order in which they came; where there is no such text, of each
    /// kind and message.
    public private(set) var samples: [PriceProblem] = []
    private var textsOfCode: [PriceProblem.Code: Set<String>] = [:]

    /// How many samples of one kind are kept, each with a text of its own.
    public static let samplesPerCode = 20

    /// Makes an empty collection.
    public init() {}

    /// Whether nothing was wrong.
    public var isEmpty: Bool { counts.isEmpty }
    /// How many problems there were.
    public var total: Int { counts.values.reduce(0, +) }

    /// Counts a problem, and keeps it if it is the first of its kind and text, and not too many of its kind are kept.
    public mutating func record(_ problem: PriceProblem) {
        counts[problem.code, default: 0] += 1
        keep(problem)
    }

    private mutating func keep(_ problem: PriceProblem) {
        guard textsOfCode[problem.code, default: []].count < Self.samplesPerCode else { return }
        let text = problem.found ?? problem.message
        guard textsOfCode[problem.code, default: []].insert(text).inserted else { return }
        samples.append(problem)
    }

    /// Adds what another run or thread found.
    public mutating func merge(_ other: PriceProblems) {
        for (code, count) in other.counts { counts[code, default: 0] += count }
        for sample in other.samples { keep(sample) }
    }

    /// - Throws: this value, if anything was recorded.
    public func throwIfAny() throws {
        if !isEmpty { throw self }
    }

    /// The counts, then one line for each sample.
    public var description: String {
        let summary = counts.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.value) × \($0.key)" }
        return ([summary.joined(separator: ", ")] + samples.map { "  \($0)" }).joined(separator: "\n")
    }
}
