/// How one provider's lists are read where the tables have no answer, or a row is not as it must be.
public struct ReadingRules: Sendable, Hashable, Codable {
    /// Units beside those of the provider's table, by their text in the list; they win over the table's.
    public var units: [String: UnitRule] = [:]
    /// Places beside those of the provider's table: the text in the list, and the region that rows then have.
    public var places: [String: String] = [:]
    /// What becomes of rows with a unit, region, currency or term that is not known.
    public var unknown = RowTolerance.fail
    /// What becomes of rows with odd tiers, dates or numbers, or without a field.
    ///
    /// `nil` leaves out SKUs with odd tiers or dates, up to ``oddLimit``, and fails for anything else.
    public var odd: RowTolerance?

    /// How many SKUs with odd tiers or dates are left out where nothing else is said.
    public static let oddLimit = 1000

    /// Makes rules that add nothing.
    public init() {}

    /// The units that are added.
    var addedUnits: [String: NormalisedUnit] { units.mapValues { NormalisedUnit($0.unit, block: $0.block) } }

    /// Adds what other rules say; where both say something, theirs wins.
    package mutating func add(_ other: ReadingRules) {
        units.merge(other.units) { _, new in new }
        places.merge(other.places) { _, new in new }
        if other.unknown != .fail { unknown = other.unknown }
        odd = other.odd ?? odd
    }

    /// How many rows with a problem may be left out together with others of its group; `nil` if none may.
    func limit(of code: PriceProblem.Code) -> (group: RuleGroup, count: Int)? {
        switch code {
        case .unknownUnit, .unknownRegion, .unknownCurrency, .unknownTerm:
            return unknown.limit.map { (.unknown, $0) }
        case .brokenTiers, .invalidDate:
            guard let odd else { return (.odd, Self.oddLimit) }
            return odd.limit.map { (.odd, $0) }
        case .invalidNumber, .negativePrice, .missingField, .duplicateKey, .textTooLong:
            return odd?.limit.map { (.odd, $0) }
        default: return nil
        }
    }

    /// Whether more is left out than SKUs with odd tiers or dates.
    var leavesOutRows: Bool { unknown.limit != nil || odd?.limit != nil }
}

/// The problems that one rule is about.
enum RuleGroup: String { case unknown, odd }

/// What a unit of a list means: see ``NormalisedUnit``.
public struct UnitRule: Sendable, Hashable, Codable {
    /// The normalized unit.
    public var unit: String
    /// How many of them a price is for.
    public var block: Int64

    /// Makes a rule.
    public init(unit: String, block: Int64 = 1) {
        self.unit = unit
        self.block = block
    }

    private enum CodingKeys: String, CodingKey, CaseIterable { case unit, block }

    /// Reads `{unit: Tokens, block: 1000}`, or `Tokens` alone for a block of one.
    public init(from decoder: any Decoder) throws {
        if let unit = try? decoder.singleValueContainer().decode(String.self) {
            self.init(unit: unit)
        } else {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            self.init(
                unit: try fields.decode(String.self, forKey: .unit),
                block: try fields.decodeIfPresent(Int64.self, forKey: .block) ?? 1)
        }
        guard !unit.isEmpty, unit.utf8.count <= PriceText.normalisedUnit.limit, block >= 1 else {
            throw RuleFault.fault(
                "a unit has 1 to \(PriceText.normalisedUnit.limit) bytes, and a block is 1 or more", decoder)
        }
    }
}

/// What becomes of rows that cannot be read.
public enum RowTolerance: Sendable, Hashable, Codable {
    /// The scrape fails, and names them.
    case fail
    /// They are left out, counted and reported; with more of them than the limit the scrape fails.
    case skip(limit: Int)

    /// The most rows that one scrape may leave out.
    public static let maximumLimit = 1_000_000

    var limit: Int? {
        switch self {
        case .fail: nil
        case .skip(let limit): limit
        }
    }

    private enum CodingKeys: String, CodingKey, CaseIterable { case skip }

    /// Reads `fail`, or `{skip: 100}`.
    public init(from decoder: any Decoder) throws {
        if let word = try? decoder.singleValueContainer().decode(String.self) {
            guard word == "fail" else {
                throw RuleFault.fault("'\(word)' is neither 'fail' nor '{skip: 100}'", decoder)
            }
            self = .fail
            return
        }
        let limit = try decoder.container(keyedBy: CodingKeys.self).decode(Int.self, forKey: .skip)
        guard (1...Self.maximumLimit).contains(limit) else {
            throw RuleFault.fault("'skip' is \(limit); it is 1 to \(Self.maximumLimit)", decoder)
        }
        self = .skip(limit: limit)
    }

    /// Writes what ``init(from:)`` reads.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .fail:
            var value = encoder.singleValueContainer()
            try value.encode("fail")
        case .skip(let limit):
            var fields = encoder.container(keyedBy: CodingKeys.self)
            try fields.encode(limit, forKey: .skip)
        }
    }
}

/// What is wrong with a rule that a person wrote.
enum RuleFault {
    static func fault(_ message: String, _ decoder: any Decoder) -> DecodingError {
        .dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: message))
    }
}
