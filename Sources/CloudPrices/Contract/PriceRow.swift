/// One price, from one tier of one offer: the contract between the scrapers and everything after them.
///
/// The columns of the price table are these properties. A scraper does not make these values: it fills a
/// `PriceRowBuffer`, and a `CollectingSink` makes rows of it for tests and small lists.
public struct PriceRow: Sendable, Hashable {
    /// Whose price it is.
    public var provider: CloudProvider
    /// The provider's own key of the product.
    public var sku: String
    /// The provider's own key of this rate, unique within the SKU together with region, tier and time.
    public var rateCode: String
    /// The provider's code or name of the service: `AmazonEC2`, `Virtual Machines`, `Compute Engine`.
    public var service: String
    /// The region's code: `eu-west-1`, `uksouth`, `europe-west3`; `global` where the price holds everywhere.
    public var region: String
    /// The product family, if the list names one: `Compute Instance`.
    public var productFamily: String?
    /// A short name of what is sold: usage type, SKU name.
    public var skuName: String?
    /// What the provider says about the rate.
    public var description: String?
    /// Attributes that the selection asks to keep, as one JSON object.
    public var attributes: String?
    /// How it is bought.
    public var term: PriceTerm
    /// The length of the commitment in months, if there is one.
    public var termMonths: Int?
    /// How a commitment is paid: `No Upfront`, `Partial Upfront`, `All Upfront`.
    public var purchaseOption: String?
    /// Whether a reservation can be exchanged: `standard`, `convertible`.
    public var offeringClass: String?
    /// What the amount pays for.
    public var charge: PriceCharge
    /// The use at which this tier starts, in published units; the tier holds from here, this amount included.
    public var tierStart: ExactDecimal
    /// The use at which the next tier starts; `nil` if this is the last.
    public var tierEnd: ExactDecimal?
    /// The price of one published unit.
    public var price: ExactDecimal
    /// ISO 4217 code of the currency.
    public var currency: String
    /// The unit as published: `Hrs`, `10K Transactions`.
    public var unit: String
    /// The unit that all providers share: `Hours`.
    public var normalisedUnit: String
    /// How many normalised units the price is for.
    public var unitBlock: Int64
    /// When the price begins to hold, if the list says so.
    public var effectiveFrom: PriceInstant?
    /// When it ends to hold; `nil` if no end is known.
    public var effectiveTo: PriceInstant?
    /// The document that it stands in: its path below the provider's root.
    public var source: String
    /// Where in that document, in bytes from its start.
    public var sourceOffset: Int

    /// The price of one normalised unit.
    ///
    /// - Throws: `ExactDecimalError.notExact` where the quotient has no end.
    public func normalisedPrice() throws(ExactDecimalError) -> ExactDecimal {
        try price / ExactDecimal(coefficient: Int128(unitBlock), scale: 0)
    }
}
