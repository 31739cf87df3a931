import ByteText
import PostgresClient

/// Times as Postgres and ISO 8601 write them.
package enum TimestampText {
    /// Microseconds since 1970 of `2025-04-21`, `2025-04-21 10:00:00.5+00` or `2025-04-21T10:00:00+02:00`; without a
    /// zone it is UTC.
    ///
    /// - Returns: Nothing for any other text, such as `infinity`, years before 1, days that the calendar does not have,
    ///   times after 24:00:00 and zones of 16 hours or more. A leap second may be the last one of a day.
    package static func microseconds(_ text: String) -> Int? {
        var rest = text.bytes
        guard let year = number(&rest, digits: 4...6), take("-", &rest), let month = number(&rest, digits: 2...2),
            take("-", &rest), let day = number(&rest, digits: 2...2), let days = days(year, month, day)
        else { return nil }
        var result = days * 86_400_000_000
        guard !rest.isEmpty else { return result }
        guard take(" ", &rest) || take("T", &rest), let time = timeOfDay(&rest), let offset = zoneSeconds(rest) else {
            return nil
        }
        result += time
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

    /// `10:00`, `10:00:00` or `10:00:00.5`, in microseconds.
    private static func timeOfDay(_ text: inout ByteText) -> Int? {
        guard let hour = number(&text, digits: 2...2), hour <= 24, take(":", &text),
            let minute = number(&text, digits: 2...2), minute < 60
        else { return nil }
        var second = 0
        var fraction = 0
        if take(":", &text) {
            guard let found = number(&text, digits: 2...2), found <= 60 else { return nil }
            second = found
            if take(".", &text) {
                let digits = Substring(text.utf8.prefix(while: ByteText.isDigit)).bytes
                guard !digits.isEmpty, let value = Int(String("\(digits)000000".utf8.prefix(6)) ?? "") else {
                    return nil
                }
                text = text.withoutStart(digits) ?? text
                fraction = value
            }
        }
        if second == 60 { guard hour == 23, minute == 59 else { return nil } }
        if hour == 24 { guard minute == 0, second == 0, fraction == 0 else { return nil } }
        return (hour * 3600 + minute * 60 + second) * 1_000_000 + fraction
    }

    private static func zoneSeconds(_ text: ByteText) -> Int? {
        if text.isEmpty || text == "Z" { return 0 }
        let isWest = text.hasStart("-")
        guard isWest || text.hasStart("+") else { return nil }
        let parts = ByteText(Substring(text.utf8.dropFirst())).parts(at: ":")
        let numbers = parts.compactMap { part in
            part.utf8.count == 2 && part.utf8.allSatisfy(ByteText.isDigit) ? Int(part.text) : nil
        }
        guard (1...3).contains(parts.count), numbers.count == parts.count, numbers[0] < 16,
            numbers.dropFirst().allSatisfy({ $0 < 60 })
        else { return nil }
        let seconds = zip(numbers, [3600, 60, 1]).reduce(0) { $0 + $1.0 * $1.1 }
        return isWest ? -seconds : seconds
    }

    private static func number(_ text: inout ByteText, digits: ClosedRange<Int>) -> Int? {
        let found = Substring(text.utf8.prefix(while: ByteText.isDigit).prefix(digits.upperBound)).bytes
        guard digits.contains(found.utf8.count), let value = Int(found.text) else { return nil }
        text = text.withoutStart(found) ?? text
        return value
    }

    private static func take(_ mark: ByteText, _ text: inout ByteText) -> Bool {
        guard let rest = text.withoutStart(mark) else { return false }
        text = rest
        return true
    }

    /// Days since 1970; the calendar repeats itself every 400 years, so years beyond 9999 are moved back by those.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int? {
        let eras = year > 9999 ? (year - 9600) / 400 : 0
        return PostgresDate(year: year - eras * 400, month: month, day: day)
            .map { Int($0.daysSince1970) + eras * 146_097 }
    }
}
