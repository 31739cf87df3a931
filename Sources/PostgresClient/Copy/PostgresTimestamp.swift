/// A moment as a `timestamptz` holds it: whole microseconds.
public struct PostgresTimestamp: Sendable, Hashable, Comparable {
    /// Microseconds since the start of 1970 in UTC, without leap seconds.
    public var microsecondsSince1970: Int64

    /// Makes a moment from its distance to the start of 1970.
    public init(microsecondsSince1970: Int64) { self.microsecondsSince1970 = microsecondsSince1970 }

    /// The moment at the start of a day in UTC.
    public init(startOf day: PostgresDate) {
        microsecondsSince1970 = Int64(day.daysSince1970) * 86_400_000_000
    }

    /// Whether the first moment is earlier.
    public static func < (left: PostgresTimestamp, right: PostgresTimestamp) -> Bool {
        left.microsecondsSince1970 < right.microsecondsSince1970
    }

    /// Postgres counts from the start of 2000.
    var microsecondsSince2000: Int64 { microsecondsSince1970 &- 946_684_800_000_000 }
}

/// A day of the Gregorian calendar, as a `date` holds it.
public struct PostgresDate: Sendable, Hashable, Comparable {
    /// Days since the first of January 1970.
    public var daysSince1970: Int32

    /// Makes a day from its distance to the first of January 1970.
    public init(daysSince1970: Int32) { self.daysSince1970 = daysSince1970 }

    /// Makes a day from its year (1 to 9999), month and day; nil if there is no such day.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1 else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let length =
            switch month {
            case 2: isLeap ? 29 : 28
            case 4, 6, 9, 11: 30
            default: 31
            }
        guard day <= length else { return nil }
        // Years that start in March: the leap day is then the last one.
        let shifted = month > 2 ? year : year - 1
        let monthFromMarch = (month + 9) % 12
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let days = 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear
        daysSince1970 = Int32(days - 719_468)
    }

    /// Whether the first day is earlier.
    public static func < (left: PostgresDate, right: PostgresDate) -> Bool { left.daysSince1970 < right.daysSince1970 }

    /// Postgres counts from the first of January 2000.
    var daysSince2000: Int32 { daysSince1970 &- 10_957 }
}
