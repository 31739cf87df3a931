/// A day of the Gregorian calendar, from year 1 to year 9999, without a time zone.
public struct CalendarDate: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    /// The year, from 1 to 9999.
    public let year: Int
    /// The month, from 1 to 12.
    public let month: Int
    /// The day of the month, from 1.
    public let day: Int

    /// Makes a date; nil if the calendar has no such day.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month),
            (1...CalendarDate.days(inMonth: month, of: year)).contains(day)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Reads a date in the form `2026-01-31`; nil for anything else.
    public init?(_ text: String) {
        guard
            let numbers = DateDigits.numbers(
                in: text, widths: [4, 2, 2], separators: [DateDigits.dash, DateDigits.dash])
        else { return nil }
        self.init(year: numbers[0], month: numbers[1], day: numbers[2])
    }

    /// The day that is so many days after 1 January 1970; nil outside of the years 1 to 9999.
    public init?(daysSince1970 number: Int) {
        guard CalendarDate.range.contains(number) else { return nil }
        let time = CalendarTime(milliseconds: Int64(number) * 86_400_000)
        year = time.year
        month = time.month
        day = time.day
    }

    /// How many days it is after 1 January 1970.
    public var daysSince1970: Int {
        // Years begin in March here, so that a leap day is the last day of its year.
        let shiftedYear = month <= 2 ? year - 1 : year
        let shiftedMonth = month <= 2 ? month + 9 : month - 3
        let dayOfYear = (153 * shiftedMonth + 2) / 5 + day - 1
        return shiftedYear * 365 + shiftedYear / 4 - shiftedYear / 100 + shiftedYear / 400 + dayOfYear - 719_468
    }

    /// The day of the week, from 1 for Monday to 7 for Sunday.
    public var weekday: Int { (daysSince1970 + 719_468 + 2) % 7 + 1 }

    /// The form `2026-01-31`.
    public var description: String {
        DateDigits.text(year, 4) + "-" + DateDigits.text(month, 2) + "-" + DateDigits.text(day, 2)
    }

    /// Whether the left date is earlier.
    public static func < (left: Self, right: Self) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }

    /// Reads the form `2026-01-31`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let date = CalendarDate(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: CalendarDate.problem(with: text))
        }
        self = date
    }

    /// Writes the form `2026-01-31`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    /// The days since 1970 of the first and the last date there is.
    static let range = -719_162...2_932_896

    static func days(inMonth month: Int, of year: Int) -> Int {
        let isLeapYear = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return month == 2 ? (isLeapYear ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Why a text is not a date, in one clause.
    static func problem(with text: String) -> String {
        let numbers = DateDigits.numbers(in: text, widths: [4, 2, 2], separators: [DateDigits.dash, DateDigits.dash])
        guard let numbers else { return "'\(text)' is not a date; write it like 2026-01-31" }
        guard numbers[0] > 0 else { return "'\(text)' is not a date: years begin with 0001" }
        guard (1...12).contains(numbers[1]) else { return "'\(text)' is not a date: a year has 12 months" }
        let days = days(inMonth: numbers[1], of: numbers[0])
        return "'\(text)' is not a date: \(monthNames[numbers[1] - 1]) \(numbers[0]) has \(days) days"
    }

    private static let monthNames = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
}

/// An hour of a day, in UTC.
public struct CalendarHour: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    /// The day.
    public let date: CalendarDate
    /// The hour, from 0 to 23.
    public let hour: Int

    /// Makes an hour; nil if the day has no such hour.
    public init?(date: CalendarDate, hour: Int) {
        guard (0...23).contains(hour) else { return nil }
        self.date = date
        self.hour = hour
    }

    /// Reads an hour in the form `2026-01-31T05`; nil for anything else.
    public init?(_ text: String) {
        let numbers = DateDigits.numbers(
            in: text, widths: [4, 2, 2, 2], separators: [DateDigits.dash, DateDigits.dash, DateDigits.letterT])
        guard let numbers, let date = CalendarDate(year: numbers[0], month: numbers[1], day: numbers[2]) else {
            return nil
        }
        self.init(date: date, hour: numbers[3])
    }

    /// The hour that begins so many hours after 1970; nil outside of the years 1 to 9999.
    init?(hoursSince1970 number: Int) {
        let days = DateDigits.floorDivide(number, 24)
        guard let date = CalendarDate(daysSince1970: days) else { return nil }
        self.init(date: date, hour: number - days * 24)
    }

    /// How many hours after the beginning of 1970 it begins.
    var hoursSince1970: Int { date.daysSince1970 * 24 + hour }

    /// The form `2026-01-31T05`.
    public var description: String { "\(date)T\(DateDigits.text(hour, 2))" }

    /// Whether the left hour is earlier.
    public static func < (left: Self, right: Self) -> Bool { (left.date, left.hour) < (right.date, right.hour) }

    /// Reads the form `2026-01-31T05`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let hour = CalendarHour(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "'\(text)' is not an hour; write it like 2026-01-31T05")
        }
        self = hour
    }

    /// Writes the form `2026-01-31T05`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// Numbers of fixed widths with bytes between them, as dates have them.
enum DateDigits {
    static let dash = UInt8(ascii: "-")
    static let letterT = UInt8(ascii: "T")

    /// The numbers of a text that has exactly this form; nil for any other.
    static func numbers(in text: String, widths: [Int], separators: [UInt8]) -> [Int]? {
        var rest = Array(text.utf8)[...]
        var numbers: [Int] = []
        for (place, width) in widths.enumerated() {
            if place > 0 {
                guard rest.first == separators[place - 1] else { return nil }
                rest = rest.dropFirst()
            }
            let digits = rest.prefix(width)
            guard digits.count == width, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            numbers.append(digits.reduce(0) { $0 * 10 + Int($1 - 0x30) })
            rest = rest.dropFirst(width)
        }
        return rest.isEmpty ? numbers : nil
    }

    static func text(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    static func floorDivide(_ value: Int, _ divisor: Int) -> Int {
        value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor)
    }
}
