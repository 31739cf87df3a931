/// How a price is bought: the kind of contract that it belongs to.
public enum PriceTerm: String, Sendable, Hashable, CaseIterable, Codable {
    /// By use, with no commitment.
    case onDemand = "on_demand"
    /// By use of spare capacity that the provider may take back: spot, preemptible, low priority.
    case spot
    /// A commitment to one product for a time.
    case reserved
    /// A commitment to an amount of money an hour for a time.
    case savingsPlan = "savings_plan"
    /// A commitment to an amount of use for a time, as Google Cloud sells it.
    case committedUse = "committed_use"
    /// By use, at the rate for development and test subscriptions.
    case developmentTest = "dev_test"
}

/// What the amount of a price pays for.
public enum PriceCharge: String, Sendable, Hashable, CaseIterable, Codable {
    /// One unit of use.
    case usage
    /// The fee at the start of a commitment, once per unit that is reserved.
    case upfrontFee = "upfront_fee"
    /// The whole length of a commitment, however it is paid; the published unit may say "1 Hour" all the same.
    case wholeTerm = "whole_term"
}
