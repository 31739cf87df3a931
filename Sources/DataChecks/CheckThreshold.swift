/// A range of numbers: those between two bounds, or those outside of them.
public struct CheckThreshold: Sendable, Hashable, Codable {
    /// The least number, included.
    public var greaterThanOrEqual: Double?
    /// The number that all are greater than.
    public var greaterThan: Double?
    /// The number that all are less than.
    public var lessThan: Double?
    /// The greatest number, included.
    public var lessThanOrEqual: Double?
    /// Whether a number has to keep to one of the bounds only: it is beyond the upper or beyond the lower one.
    public var isOutside = false

    /// Whether a number lies in the range.
    public func contains(_ value: Double) -> Bool {
        let isAbove = greaterThanOrEqual.map { value >= $0 } ?? true && greaterThan.map { value > $0 } ?? true
        let isBelow = lessThan.map { value < $0 } ?? true && lessThanOrEqual.map { value <= $0 } ?? true
        return isOutside ? isAbove || isBelow : isAbove && isBelow
    }

    /// All other numbers.
    package var inverse: CheckThreshold {
        let hasBoth =
            (greaterThan != nil || greaterThanOrEqual != nil) && (lessThan != nil || lessThanOrEqual != nil)
        return CheckThreshold(
            greaterThanOrEqual: lessThan, greaterThan: lessThanOrEqual, lessThan: greaterThanOrEqual,
            lessThanOrEqual: greaterThan, isOutside: hasBoth ? !isOutside : isOutside)
    }
}

/// Which values are worth a warning, and which are a failure.
public struct CheckThresholds: Sendable, Hashable, Codable {
    /// The values that are worth a warning; nil if none is.
    public var warn: CheckThreshold?
    /// The values that are a failure; nil if none is.
    public var fail: CheckThreshold?
}
