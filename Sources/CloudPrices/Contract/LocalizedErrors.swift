public import Foundation

extension PriceProblem: LocalizedError {
    /// The error's own description, which `localizedDescription` shows.
    public var errorDescription: String? { description }
}

extension PriceProblems: LocalizedError {
    /// The error's own description, which `localizedDescription` shows.
    public var errorDescription: String? { description }
}

extension ExactDecimalError: LocalizedError {
    /// The error's own description, which `localizedDescription` shows.
    public var errorDescription: String? { description }
}

extension PriceListFetchError: LocalizedError {
    /// The error's own description, which `localizedDescription` shows.
    public var errorDescription: String? { description }
}
