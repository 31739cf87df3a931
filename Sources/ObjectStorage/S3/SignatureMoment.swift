/// A moment as a signature writes it: `20130524T000000Z`.
package struct SignatureMoment: Sendable, Hashable {
    package let timestamp: String

    /// The date alone: `20130524`.
    package var day: String { String(timestamp.prefix(8)) }

    /// A moment in seconds since 1970, of the years 1970 to 9999.
    package init(secondsSince1970 seconds: Int64) {
        let bounded = min(max(seconds, 0), 253_402_300_799)
        let (year, month, dayOfMonth) = Self.date(ofDay: bounded / 86_400)
        let second = bounded % 86_400
        timestamp =
            "\(year)\(Self.two(month))\(Self.two(dayOfMonth))T"
            + "\(Self.two(second / 3600))\(Self.two(second / 60 % 60))\(Self.two(second % 60))Z"
    }

    /// The civil date of a day since 1970, counted in eras of 400 years that start on the first of March.
    private static func date(ofDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = day + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
