/// A moment in UTC, to the microsecond: as precise as Postgres keeps it.
public struct PriceInstant: Hashable, Comparable, Sendable {
    /// Microseconds since the start of 1970, without leap seconds.
    public var microseconds: Int64

    /// Makes a moment from microseconds since the start of 1970.
    public init(microseconds: Int64) { self.microseconds = microseconds }

    /// Orders by time.
    public static func < (left: PriceInstant, right: PriceInstant) -> Bool { left.microseconds < right.microseconds }

    /// Makes the start of a day.
    ///
    /// - Returns: `nil` if the calendar has no such day, or the year is not from 1 to 9999.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= Self.days(inMonth: month, ofYear: year)
        else { return nil }
        microseconds = Int64(Self.daysSince1970(year: year, month: month, day: day)) * 86_400_000_000
    }

    /// Reads a date or a date and time as the providers write them.
    ///
    /// Read are `2025-04-01`, `01/04/2025` (day first), and `2025-04-01T12:00:00` with an optional fraction of any
    /// length, of which six digits count, and an optional `Z` or offset such as `+02:00`. Without an offset it is UTC.
    public init?(_ text: Span<UInt8>) {
        var reader = DigitReader(text)
        if text.count == 10, text[2] == UInt8(ascii: "/"), text[5] == UInt8(ascii: "/") {
            guard let day = reader.number(2), reader.skip("/"), let month = reader.number(2), reader.skip("/"),
                let year = reader.number(4)
            else { return nil }
            self.init(year: year, month: month, day: day)
            return
        }
        guard let year = reader.number(4), reader.skip("-"), let month = reader.number(2), reader.skip("-"),
            let day = reader.number(2)
        else { return nil }
        self.init(year: year, month: month, day: day)
        if reader.isAtEnd { return }
        guard reader.skip("T") || reader.skip("t") || reader.skip(" "), let time = reader.timeOfDay(),
            let offset = reader.offset(), reader.isAtEnd
        else { return nil }
        microseconds += time - offset
    }

    /// Reads a date or a date and time as the providers write them.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        self.init(bytes.span)
    }

    private static func isLeap(_ year: Int) -> Bool {
        year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    }

    private static func days(inMonth month: Int, ofYear year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days from 1970-01-01, counted in years that start in March so that the leap day comes last.
    private static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let year = month > 2 ? year : year - 1
        let monthFromMarch = (month + 9) % 12
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        return 365 * year + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
    }
}

/// Reads fixed fields of digits from a text.
private struct DigitReader: ~Escapable {
    private let text: Span<UInt8>
    private var position = 0

    @_lifetime(copy text)
    init(_ text: Span<UInt8>) { self.text = text }

    var isAtEnd: Bool { position == text.count }

    @_lifetime(self: copy self)
    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard position < text.count, text[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    @_lifetime(self: copy self)
    mutating func number(_ digits: Int) -> Int? {
        guard position + digits <= text.count else { return nil }
        var value = 0
        for index in position..<position + digits {
            let digit = text[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
        }
        position += digits
        return value
    }

    /// `12:00:00` with an optional fraction, in microseconds.
    @_lifetime(self: copy self)
    mutating func timeOfDay() -> Int64? {
        guard let hour = number(2), hour < 24, skip(":"), let minute = number(2), minute < 60, skip(":"),
            let second = number(2), second < 61
        else { return nil }
        var fraction: Int64 = 0
        if skip(".") {
            var weight: Int64 = 100_000
            var digits = 0
            while let digit = number(1) {
                fraction += Int64(digit) * weight
                weight /= 10
                digits += 1
            }
            guard digits > 0 else { return nil }
        }
        return Int64(hour * 3600 + minute * 60 + second) * 1_000_000 + fraction
    }

    /// `Z`, `+02:00` or nothing, in microseconds east of Greenwich.
    @_lifetime(self: copy self)
    mutating func offset() -> Int64? {
        if isAtEnd || skip("Z") || skip("z") { return 0 }
        let isEast = skip("+")
        guard isEast || skip("-"), let hour = number(2), hour < 16, skip(":"), let minute = number(2), minute < 60
        else { return nil }
        let microseconds = Int64(hour * 3600 + minute * 60) * 1_000_000
        return isEast ? microseconds : -microseconds
    }
}
