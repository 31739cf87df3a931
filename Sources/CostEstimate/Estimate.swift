public import CloudPrices

/// What a bill of materials costs in a month, each line explained.
public struct Estimate: Sendable, Hashable, Codable {
    /// A line of the bill with its cost.
    public struct Line: Sendable, Hashable, Codable {
        /// What it is to the customer.
        public var name: String
        /// Whose price it is; `nil` for the product's own.
        public var provider: CloudProvider?
        /// The offer that it was matched to; `nil` for the product's own.
        public var offer: OfferSummary?
        /// Where the cost comes from; empty for the product's own.
        public var parts: [CostPart]
        /// The cost in a month before discounts.
        public var cost: ExactDecimal
        /// The cost after them.
        public var discounted: ExactDecimal
    }

    /// What a discount took off.
    public struct Discount: Sendable, Hashable, Codable {
        /// The offer's name or number.
        public var name: String
        /// Hundredths.
        public var percent: ExactDecimal
        /// What it took off the month's cost.
        public var amount: ExactDecimal
    }

    /// What the bill is for.
    public var name: String
    /// The currency of all costs.
    public var currency: String
    /// The lines: first what is bought of clouds, then the product's own.
    public var lines: [Line]
    /// The discounts in their order.
    public var discounts: [Discount]
    /// The month's cost before discounts.
    public var gross: ExactDecimal
    /// The month's cost.
    public var total: ExactDecimal
    /// What is priced, and may not be what was meant: a discount that takes nothing, a use that costs nothing.
    public var warnings: [String] = []
}

extension Estimate {
    private enum CodingKeys: String, CodingKey { case name, currency, lines, discounts, gross, total, warnings }

    /// Reads an estimate; one without `warnings` has none.
    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        name = try fields.decode(String.self, forKey: .name)
        currency = try fields.decode(String.self, forKey: .currency)
        lines = try fields.decode([Line].self, forKey: .lines)
        discounts = try fields.decode([Discount].self, forKey: .discounts)
        gross = try fields.decode(ExactDecimal.self, forKey: .gross)
        total = try fields.decode(ExactDecimal.self, forKey: .total)
        warnings = try fields.decodeIfPresent([String].self, forKey: .warnings) ?? []
    }
}

/// What is wrong with the lines of a bill: all of it, not only the first.
public struct EstimateErrors: Error, Sendable, CustomStringConvertible {
    /// One for each line that cannot be priced, in the order of the bill.
    public var errors: [EstimateError]

    /// The errors, one after another.
    public var description: String { errors.map(\.description).joined(separator: "\n") }
}
