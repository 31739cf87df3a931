/// Which prices are read: for each provider, its services, regions, terms, families and attributes.
///
/// It is applied while reading, so what is left out costs next to nothing.
public struct PriceSelection: Sendable, Hashable {
    /// What is read of each provider; a provider that is not here is not read.
    public var providers: [CloudProvider: ProviderSelection]

    /// Makes a selection.
    public init(providers: [CloudProvider: ProviderSelection]) { self.providers = providers }

    /// What is read of one provider; `nil` if nothing is.
    public subscript(provider: CloudProvider) -> ProviderSelection? { providers[provider] }
}

/// Which prices of one provider are read.
public struct ProviderSelection: Sendable, Hashable {
    /// Services by the provider's code: `AmazonEC2`, `Virtual Machines`, `6F81-5844-456A`.
    ///
    /// One that is named without a `*` must be there: where a provider lists its services, as AWS and Google Cloud do,
    /// it is an error if it is not.
    public var services = TextMatcher.all
    /// Regions by code.
    public var regions = TextMatcher.all
    /// Product families; of savings plans those of the plan, since its rates have none: `ComputeSavingsPlans`.
    public var families = TextMatcher.all
    /// Terms.
    public var terms = Set(PriceTerm.allCases)
    /// The currency to ask the provider for.
    ///
    /// AWS has no choice: of its prices those in another currency are left out. If then none is left, that is an error.
    public var currency: String?
    /// Conditions on attributes of a product; each must hold, and a product without the attribute does not meet it.
    ///
    /// For savings plans the product is the plan, which has attributes such as `purchaseTerm`, and neither operating
    /// system nor tenancy.
    public var attributes: [AttributeCondition] = []
    /// Attributes that a row keeps in its column `attributes`.
    public var keptAttributes: [String] = []
    /// How rows are read where the tables have no answer, or that are not as they must be.
    public var rules = ReadingRules()

    /// Makes a selection of everything.
    public init() {}

    /// Everything.
    public static let everything = ProviderSelection()

    /// One condition: an attribute, and the values it may have.
    public struct AttributeCondition: Sendable, Hashable {
        /// The attribute's name as the provider writes it.
        public var name: String
        /// The values that match.
        public var values: TextMatcher

        /// Makes a condition.
        public init(name: String, values: TextMatcher) {
            self.name = name
            self.values = values
        }
    }
}
