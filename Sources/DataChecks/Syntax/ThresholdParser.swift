/// A threshold as it was written: numbers, or lengths of time in seconds.
package struct WrittenThreshold: Sendable, Hashable {
    package var range: CheckThreshold
    package var isDuration: Bool
}

extension LineScanner {
    /// A threshold, such as `> 5`, `between 1 and 10` or `not between (0 and 1]`, up to the end of the line.
    mutating func threshold() throws(LineError) -> WrittenThreshold {
        let isNegated = accept(words: "not")
        if accept(words: "between") { return try between(isNegated: isNegated) }
        guard !isNegated else { throw error("expected 'between' after 'not'") }
        let comparators = ["<=", ">=", "!=", "<>", "<", ">", "="]
        var found: String?
        for comparator in comparators where found == nil && accept(comparator) { found = comparator }
        guard let found else {
            throw error("expected a threshold: <, <=, =, !=, >=, > or between … and …")
        }
        let (value, isDuration) = try bound()
        try expectEnd()
        var range = CheckThreshold()
        switch found {
        case "<": range.lessThan = value
        case "<=": range.lessThanOrEqual = value
        case ">": range.greaterThan = value
        case ">=": range.greaterThanOrEqual = value
        case "=":
            range.lessThanOrEqual = value
            range.greaterThanOrEqual = value
        default:
            range.lessThan = value
            range.greaterThan = value
            range.isOutside = true
        }
        return WrittenThreshold(range: range, isDuration: isDuration)
    }

    private mutating func between(isNegated: Bool) throws(LineError) -> WrittenThreshold {
        let leavesLower = accept("(")
        if !leavesLower { _ = accept("[") }
        let (lower, isDuration) = try bound()
        guard accept(words: "and") else { throw error("expected 'and' between the bounds") }
        let (upper, isUpperDuration) = try bound()
        let leavesUpper = accept(")")
        if !leavesUpper { _ = accept("]") }
        try expectEnd()
        guard isDuration == isUpperDuration else { throw error("one bound is a length of time, the other is not") }
        guard lower <= upper else { throw error("the lower bound \(lower) is greater than the upper one \(upper)") }
        let range = CheckThreshold(
            greaterThanOrEqual: leavesLower ? nil : lower, greaterThan: leavesLower ? lower : nil,
            lessThan: leavesUpper ? upper : nil, lessThanOrEqual: leavesUpper ? nil : upper)
        return WrittenThreshold(range: isNegated ? range.inverse : range, isDuration: isDuration)
    }

    private mutating func bound() throws(LineError) -> (Double, isDuration: Bool) {
        if let seconds = duration() { return (seconds, true) }
        guard let value = number() else { throw error("expected a number or a length of time such as 1d or 24h30m") }
        _ = accept("%")
        return (value, false)
    }
}
