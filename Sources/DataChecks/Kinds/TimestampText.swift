/// Times as Postgres and ISO 8601 write them.
package enum TimestampText {
    /// Microseconds since 1970 of `2025-04-21`, `2025-04-21 10:00:00.5+00` or `2025-04-21T10:00:00+02:00`; without a
    /// zone it is UTC.
    ///
    /// - Returns: Nothing for any other text, `infinity` and years before 1 among them.
    package static func microseconds(_ text: String) -> Int? {
        var rest = Substring(text)
        guard let year = number(&rest, digits: 4...6), take("-", &rest), let month = number(&rest, digits: 2...2),
            (1...12).contains(month), take("-", &rest), let day = number(&rest, digits: 2...2), (1...31).contains(day)
        else { return nil }
        var result = days(year: year, month: month, day: day) * 86_400_000_000
        guard !rest.isEmpty else { return result }
        guard take(" ", &rest) || take("T", &rest), let hour = number(&rest, digits: 2...2), (0...24).contains(hour),
            take(":", &rest), let minute = number(&rest, digits: 2...2), (0...59).contains(minute)
        else { return nil }
        result += (hour * 3600 + minute * 60) * 1_000_000
        if take(":", &rest) {
            guard let second = number(&rest, digits: 2...2), (0...60).contains(second) else { return nil }
            result += second * 1_000_000
            if take(".", &rest) {
                let digits = rest.prefix { $0.isASCII && $0.isNumber }
                guard !digits.isEmpty, let fraction = Int((digits + "000000").prefix(6)) else { return nil }
                rest = rest.dropFirst(digits.count)
                result += fraction
            }
        }
        guard let offset = zoneSeconds(rest) else { return nil }
        return result - offset * 1_000_000
    }

    /// A length of time in days and clock time: `2 days, 3:04:05`.
    package static func age(seconds: Double) -> String {
        guard seconds.isFinite, abs(seconds) < 1e12 else { return "\(seconds) s" }
        let whole = Int(abs(seconds))
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let clock = "\(whole / 3600 % 24):\(two(whole / 60 % 60)):\(two(whole % 60))"
        let days = whole / 86_400
        let text = days == 0 ? clock : "\(days) \(days == 1 ? "day" : "days"), \(clock)"
        return seconds < 0 ? "-(\(text))" : text
    }

    private static func zoneSeconds(_ text: Substring) -> Int? {
        if text.isEmpty || text == "Z" { return 0 }
        guard let sign = text.first, "+-".contains(sign) else { return nil }
        let parts = text.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { $0.count == 2 ? Int($0) : nil }
        guard (1...3).contains(parts.count), numbers.count == parts.count else { return nil }
        let seconds = zip(numbers, [3600, 60, 1]).reduce(0) { $0 + $1.0 * $1.1 }
        return sign == "-" ? -seconds : seconds
    }

    private static func number(_ text: inout Substring, digits: ClosedRange<Int>) -> Int? {
        let found = text.prefix { $0.isASCII && $0.isNumber }.prefix(digits.upperBound)
        guard digits.contains(found.count), let value = Int(found) else { return nil }
        text = text.dropFirst(found.count)
        return value
    }

    private static func take(_ symbol: Character, _ text: inout Substring) -> Bool {
        guard text.first == symbol else { return false }
        text = text.dropFirst()
        return true
    }

    /// Days since 1970 in the Gregorian calendar.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        // Years start in March here, so that the day which some years have more is the last one.
        let shifted = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }
}
