extension ExactDecimal: Comparable, Hashable {
    /// Whether the numbers are the same, whatever zeros are written at their ends.
    public static func == (left: ExactDecimal, right: ExactDecimal) -> Bool {
        if left.scale == right.scale { return left.coefficient == right.coefficient }
        let (left, right) = (left.normalised, right.normalised)
        return left.scale == right.scale && left.coefficient == right.coefficient
    }

    /// Orders by value.
    public static func < (left: ExactDecimal, right: ExactDecimal) -> Bool {
        if left.scale == right.scale { return left.coefficient < right.coefficient }
        if left.coefficient.signum() != right.coefficient.signum() {
            return left.coefficient.signum() < right.coefficient.signum()
        }
        // Whole parts first, then fractions brought to one scale: this way nothing overflows.
        let (leftParts, rightParts) = (left.parts, right.parts)
        if leftParts.whole != rightParts.whole { return leftParts.whole < rightParts.whole }
        return fraction(leftParts.fraction, left.scale, isBelow: rightParts.fraction, right.scale)
    }

    /// Hashes the value, not its text.
    public func hash(into hasher: inout Hasher) {
        let value = normalised
        hasher.combine(value.coefficient)
        hasher.combine(value.scale)
    }

    private var parts: (whole: Int128, fraction: Int128) {
        guard scale <= Self.maximumDigits else { return (0, coefficient) }
        let (whole, fraction) = coefficient.quotientAndRemainder(dividingBy: Self.power(scale))
        return (whole, fraction)
    }

    /// Compares fractions digit by digit; both have the same sign or are zero.
    private static func fraction(
        _ left: Int128, _ leftScale: Int, isBelow right: Int128, _ rightScale: Int
    ) -> Bool {
        let isNegative = left < 0 || right < 0
        var (first, second) = (digits(left.magnitude, leftScale), digits(right.magnitude, rightScale))
        let length = max(first.count, second.count)
        first += [UInt8](repeating: 0, count: length - first.count)
        second += [UInt8](repeating: 0, count: length - second.count)
        return isNegative ? second.lexicographicallyPrecedes(first) : first.lexicographicallyPrecedes(second)
    }

    private static func digits(_ magnitude: UInt128, _ scale: Int) -> [UInt8] {
        let digits = Array(String(magnitude).utf8.map { $0 - UInt8(ascii: "0") })
        return [UInt8](repeating: 0, count: max(0, scale - digits.count)) + digits
    }

    /// Ten to a power from 0 to 38.
    package static func power(_ exponent: Int) -> Int128 { powers[exponent] }

    private static let powers: [Int128] = {
        var powers: [Int128] = [1]
        for _ in 1...maximumDigits { powers.append((powers.last ?? 1) * 10) }
        return powers
    }()
}

extension ExactDecimal {
    /// The exact sum, with as many places as the longer summand.
    ///
    /// - Throws: `.tooManyDigits` when it needs more than 38 digits.
    public static func + (left: ExactDecimal, right: ExactDecimal) throws(ExactDecimalError) -> ExactDecimal {
        let scale = max(left.scale, right.scale)
        let (sum, overflows) = try left.coefficient(atScale: scale)
            .addingReportingOverflow(try right.coefficient(atScale: scale))
        guard !overflows else { throw .tooManyDigits }
        return try ExactDecimal(coefficient: sum, scale: scale).bounded()
    }

    /// The exact difference, with as many places as the longer of the two.
    ///
    /// - Throws: `.tooManyDigits` when it needs more than 38 digits.
    public static func - (left: ExactDecimal, right: ExactDecimal) throws(ExactDecimalError) -> ExactDecimal {
        try left + ExactDecimal(coefficient: -right.coefficient, scale: right.scale)
    }

    /// The exact product.
    ///
    /// - Throws: `.tooManyDigits` when it needs more than 38 digits even without zeros at its end.
    public static func * (left: ExactDecimal, right: ExactDecimal) throws(ExactDecimalError) -> ExactDecimal {
        let (product, overflows) = left.coefficient.multipliedReportingOverflow(by: right.coefficient)
        if !overflows, left.scale + right.scale <= maximumScale {
            return try ExactDecimal(coefficient: product, scale: left.scale + right.scale).bounded()
        }
        let (left, right) = (left.normalised, right.normalised)
        let (shortest, stillOverflows) = left.coefficient.multipliedReportingOverflow(by: right.coefficient)
        guard !stillOverflows, left.scale + right.scale <= maximumScale else { throw .tooManyDigits }
        return try ExactDecimal(coefficient: shortest, scale: left.scale + right.scale).bounded()
    }

    /// The exact quotient by a block size, as `price / block` is for the price of one unit.
    ///
    /// - Throws: `.notExact` when the quotient has no end or more digits than are kept; `.divisionByZero`.
    public static func / (left: ExactDecimal, right: ExactDecimal) throws(ExactDecimalError) -> ExactDecimal {
        guard !right.isZero else { throw .divisionByZero }
        let divisor = right.normalised
        var (coefficient, scale) = (left.coefficient, left.scale - divisor.scale)
        while scale < 0 || coefficient % divisor.coefficient != 0 {
            let (next, overflows) = coefficient.multipliedReportingOverflow(by: 10)
            guard !overflows, scale < maximumScale else { throw .notExact }
            coefficient = next
            scale += 1
        }
        return try ExactDecimal(coefficient: coefficient / divisor.coefficient, scale: scale).bounded()
    }

    /// The quotient to a number of places; half of the last place is rounded to an even digit.
    ///
    /// - Throws: `.divisionByZero`; `.tooManyDigits` when the digits do not fit.
    public func divided(by divisor: ExactDecimal, places: Int) throws(ExactDecimalError) -> ExactDecimal {
        guard !divisor.isZero else { throw .divisionByZero }
        guard (0...Self.maximumDigits).contains(places) else { throw .tooManyDigits }
        let (left, right) = (normalised, divisor.normalised)
        let shift = places - left.scale + right.scale
        var (numerator, denominator) = (left.coefficient, right.coefficient)
        if shift >= 0 {
            numerator = try Self.scaled(numerator, by: shift)
        } else {
            denominator = try Self.scaled(denominator, by: -shift)
        }
        return ExactDecimal(coefficient: Self.halfEven(numerator, denominator), scale: places)
    }

    /// The number to so many places; half of the last place is rounded to an even digit.
    ///
    /// - Throws: `.tooManyDigits` when the digits do not fit.
    public func rounded(places: Int) throws(ExactDecimalError) -> ExactDecimal {
        try divided(by: ExactDecimal(1), places: places)
    }

    private static func halfEven(_ numerator: Int128, _ denominator: Int128) -> Int128 {
        let (quotient, remainder) = numerator.quotientAndRemainder(dividingBy: denominator)
        let rest = denominator.magnitude - remainder.magnitude
        guard remainder.magnitude > rest || (remainder.magnitude == rest && quotient % 2 != 0) else { return quotient }
        return quotient + ((numerator < 0) == (denominator < 0) ? 1 : -1)
    }

    private static func scaled(_ value: Int128, by exponent: Int) throws(ExactDecimalError) -> Int128 {
        guard exponent <= maximumDigits else { throw .tooManyDigits }
        let (result, overflows) = value.multipliedReportingOverflow(by: power(exponent))
        guard !overflows else { throw .tooManyDigits }
        return result
    }

    private func coefficient(atScale target: Int) throws(ExactDecimalError) -> Int128 {
        isZero ? 0 : try Self.scaled(coefficient, by: target - scale)
    }

    private func bounded() throws(ExactDecimalError) -> ExactDecimal {
        guard coefficient.magnitude < Self.power(Self.maximumDigits).magnitude else { throw .tooManyDigits }
        return self
    }
}
