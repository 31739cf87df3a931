package import CloudPrices

/// Whether a quantity and the unit of its price go together.
///
/// A price by the hour needs hours, and no other price has any use for them: 400 GB for 730 hours at a price per
/// GB-month would cost 730 times as much, and four machines without hours would cost four hours.
package enum UnitAgreement {
    /// Multiplies an amount with its hours, where the unit has hours.
    ///
    /// - Parameters:
    ///   - quantity: What the bill says.
    ///   - dimension: The unit's.
    ///   - name: The unit as published, for errors.
    ///   - line: The name of the line, for errors.
    /// - Returns: The month's use in the unit.
    /// - Throws: ``EstimateError``: `unitMismatch` with what to write, `notExact`.
    package static func use(
        _ quantity: BillQuantity, in dimension: UnitDimension, named name: String, line: String
    ) throws(EstimateError) -> ExactDecimal {
        let amount = quantity.amount.normalisedText
        switch (quantity.hours, dimension.time) {
        case (nil, .hour?):
            throw EstimateError(
                .unitMismatch,
                "its price is by the hour ('\(name)'), and the bill says no hours; write 'hours: 730' if each of the "
                    + "\(amount) is used all month, or 'hours: 1' if \(amount) is the month's use in hours already",
                line: line)
        case (let hours?, .hour?):
            return try product(quantity.amount, hours, line)
        case (let hours?, let time):
            throw EstimateError(
                .unitMismatch,
                "its price is \(time.map { "by the \($0)" } ?? "for an amount, not for a time") ('\(name)'), so "
                    + "'hours: \(hours.normalisedText)' does not go with it; write "
                    + (try advice(quantity.amount, hours, time, line)), line: line)
        case (nil, _): return quantity.amount
        }
    }

    /// What to write in place of hours.
    private static func advice(
        _ amount: ExactDecimal, _ hours: ExactDecimal, _ time: UnitTime?, _ line: String
    ) throws(EstimateError) -> String {
        switch time {
        case .second?, .minute?:
            let factor = time == .second ? ExactDecimal(3600) : ExactDecimal(60)
            let use = try product(product(amount, hours, line), factor, line)
            return "'quantity: \(use.normalisedText)' without 'hours'"
        case .day?, .week?, .year?:
            return "the month's use in \(time?.rawValue ?? "")s as 'quantity', without 'hours'"
        case nil, .hour?, .month?: return "'quantity: \(amount.normalisedText)' without 'hours'"
        }
    }

    private static func product(
        _ left: ExactDecimal, _ right: ExactDecimal, _ line: String
    ) throws(EstimateError) -> ExactDecimal {
        do {
            return try left * right
        } catch {
            throw EstimateError(.notExact, "its quantity: \(error)", line: line)
        }
    }
}
