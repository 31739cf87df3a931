public import CloudPrices

/// What a customer needs of the clouds, and what is added to it and taken off.
public struct BillOfMaterials: Sendable, Hashable {
    /// What the bill is for.
    public var name: String
    /// ISO 4217 code of the currency that every price must have.
    public var currency: String
    /// What is bought of a cloud.
    public var lines: [BillLine]
    /// What the product itself costs.
    public var own: [OwnPrice]
    /// What is taken off.
    public var discounts: [BillDiscount]

    /// Makes a bill.
    public init(
        name: String, currency: String, lines: [BillLine], own: [OwnPrice] = [], discounts: [BillDiscount] = []
    ) {
        self.name = name
        self.currency = currency
        self.lines = lines
        self.own = own
        self.discounts = discounts
    }
}

/// How much of something is used in a month.
public struct BillQuantity: Sendable, Hashable {
    /// How many: machines, gigabytes, requests.
    public var amount: ExactDecimal
    /// Hours of each in a month, for what is priced by the hour and for nothing else; `nil` where the amount is the
    /// month's use already.
    public var hours: ExactDecimal?

    /// Makes a quantity.
    public init(_ amount: ExactDecimal, hours: ExactDecimal? = nil) {
        self.amount = amount
        self.hours = hours
    }

    /// The month's use in normalised units.
    func use() throws(ExactDecimalError) -> ExactDecimal {
        guard let hours else { return amount }
        return try amount * hours
    }
}

/// Something bought of a cloud.
public struct BillLine: Sendable, Hashable {
    /// What it is to the customer; errors and results use it.
    public var name: String
    /// Whose price it is.
    public var provider: CloudProvider
    /// The provider's code or name of the service.
    public var service: String?
    /// The region's code.
    public var region: String?
    /// The provider's key of the product; alone enough where region and term leave one offer.
    public var sku: String?
    /// Values that columns (`product_family`, `sku_name`, `description`, `rate_code`, `normalised_unit`, …) or kept
    /// attributes must have.
    public var match: [String: String]
    /// How it is bought.
    public var term: PriceTerm
    /// The commitment's length in months, where the term has one.
    public var termMonths: Int?
    /// How a commitment is paid, where the term has a choice.
    public var purchaseOption: String?
    /// Whether a reservation can be exchanged.
    public var offeringClass: String?
    /// The provider's key of the rate, or its first parts, where one product is sold at several: a savings plan's SKU,
    /// or that with the rate's own code.
    public var rate: String?
    /// How much of it is used.
    public var quantity: BillQuantity

    /// Makes a line that is bought on demand.
    public init(name: String, provider: CloudProvider, quantity: BillQuantity) {
        self.name = name
        self.provider = provider
        self.quantity = quantity
        match = [:]
        term = .onDemand
    }
}

/// A price of the product's own, added to what the clouds cost.
public struct OwnPrice: Sendable, Hashable {
    /// What it is to the customer.
    public var name: String
    /// The price of one unit.
    public var price: ExactDecimal
    /// The unit, for people.
    public var unit: String
    /// How much of it is used.
    public var quantity: BillQuantity

    /// Makes a price.
    public init(name: String, price: ExactDecimal, unit: String, quantity: BillQuantity) {
        self.name = name
        self.price = price
        self.unit = unit
        self.quantity = quantity
    }
}

/// A discount of a private offer.
///
/// Discounts apply one after another, in the order of the bill, each to what those before it have left.
public struct BillDiscount: Sendable, Hashable {
    /// What a discount is taken from.
    public enum Scope: Sendable, Hashable {
        /// Everything.
        case all
        /// The product's own prices.
        case own
        /// What is bought of a provider, of one service if one is named.
        case provider(CloudProvider, service: String?)
    }

    /// The offer's name or number.
    public var name: String
    /// Hundredths, from 0 to 100.
    public var percent: ExactDecimal
    /// What it is taken from.
    public var scope: Scope

    /// Makes a discount.
    public init(name: String, percent: ExactDecimal, scope: Scope) {
        self.name = name
        self.percent = percent
        self.scope = scope
    }
}
