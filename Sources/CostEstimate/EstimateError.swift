/// Why a bill of materials cannot be read or priced.
public struct EstimateError: Error, Sendable, CustomStringConvertible {
    /// The kind of fault; more may come.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String, Sendable {
            case invalidBill, unmatched, ambiguous, incomplete, currency, unitMismatch, notExact, catalogue
        }

        private let kind: Kind
        /// The code's name.
        public var description: String { kind.rawValue }

        /// The bill's text is no YAML or JSON of the form asked for.
        public static let invalidBill = Code(kind: .invalidBill)
        /// No price fits a line.
        public static let unmatched = Code(kind: .unmatched)
        /// Several prices fit a line.
        public static let ambiguous = Code(kind: .ambiguous)
        /// The price that fits has a gap in its tiers, ends before the line's quantity, or lacks a charge of its offer.
        public static let incomplete = Code(kind: .incomplete)
        /// The price that fits is in another currency than the bill.
        public static let currency = Code(kind: .currency)
        /// The quantity and the unit of the price do not go together, such as hours and a price per GB and month.
        public static let unitMismatch = Code(kind: .unitMismatch)
        /// A result has more digits than are kept exactly.
        public static let notExact = Code(kind: .notExact)
        /// The prices cannot be read.
        public static let catalogue = Code(kind: .catalogue)
    }

    /// What kind of fault it is.
    public var code: Code
    /// The name of the line that it is about, if it is about one.
    public var line: String?
    /// Where in the bill: line and column from 1.
    public var place: (line: Int, column: Int)?
    /// What is wrong and the way out.
    public var message: String
    /// The offers that a line could mean, at most ``EstimateLimits/shownCandidates``.
    public var candidates: [OfferSummary]

    package init(
        _ code: Code, _ message: String, line: String? = nil, place: (line: Int, column: Int)? = nil,
        candidates: [OfferSummary] = []
    ) {
        self.code = code
        self.line = line
        self.place = place
        self.message = message
        self.candidates = candidates
    }

    /// Place, line, what is wrong, and the candidates one to a line.
    public var description: String {
        var text = place.map { "\($0.line):\($0.column): " } ?? ""
        if let line { text += "'\(line)': " }
        text += message
        for candidate in candidates { text += "\n    \(candidate)" }
        return text
    }
}

/// What bounds a bill and its errors.
public enum EstimateLimits {
    /// Lines, own products and discounts of a bill, each.
    public static let entries = 10_000
    /// Bytes of a bill's text.
    public static let billBytes = 4 << 20
    /// Candidates that an error lists.
    public static let shownCandidates = 10
}
