internal import ByteText

/// A point in time as HTTP writes it, in the three forms that RFC 9110 has recipients read.
package enum HTTPDate {
    /// The seconds since 1970; nil if the text is not such a date.
    package static func secondsSince1970(_ text: String) -> Int64? {
        let words = text.utf8.split(whereSeparator: { " ,-".utf8.contains($0) }).map { ByteText(Substring($0)) }
        switch words.count {
        // Sun, 06 Nov 1994 08:49:37 GMT; Sunday, 06-Nov-94 08:49:37 GMT
        case 6 where words[5] == "GMT" || words[5] == "UTC":
            return seconds(day: words[1], month: words[2], year: words[3], time: words[4])
        // Sun Nov  6 08:49:37 1994
        case 5: return seconds(day: words[2], month: words[1], year: words[4], time: words[3])
        default: return nil
        }
    }

    private static let months: [ByteText] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func seconds(day: ByteText, month: ByteText, year: ByteText, time: ByteText) -> Int64? {
        let clock = time.parts(at: ":").compactMap(number)
        guard let month = months.firstIndex(of: month), let day = number(day), var whole = number(year),
            clock.count == 3, clock[0] < 24, clock[1] < 60, clock[2] <= 60, (1...31).contains(day)
        else { return nil }
        // Two digits: a year that seems far in the future is one in the past.
        if year.utf8.count == 2 { whole += whole < 70 ? 2000 : 1900 }
        guard (1970...9999).contains(whole) else { return nil }
        let leap = whole % 4 == 0 && (whole % 100 != 0 || whole % 400 == 0)
        let lengths: [Int64] = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard day <= lengths[month] else { return nil }
        let before = whole - 1
        let days = before * 365 + before / 4 - before / 100 + before / 400 - 719_162
        return (days + lengths[..<month].reduce(0, +) + day - 1) * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2]
    }

    private static func number(_ text: ByteText) -> Int64? {
        (1...4).contains(text.utf8.count) && text.utf8.allSatisfy(ByteText.isDigit) ? Int64(text.text) : nil
    }
}

/// The header `Retry-After`: a number of seconds, or a date.
package enum RetryAfter {
    /// The wait that a server asks for, never negative; nil if the text is neither a number nor a date.
    ///
    /// - Parameters:
    ///   - text: The header's value.
    ///   - now: The time in seconds since 1970.
    /// - Returns: The wait.
    package static func wait(_ text: String, now: Int64) -> Duration? {
        let trimmed = text.bytes.trimmed
        if !trimmed.isEmpty, trimmed.utf8.allSatisfy(ByteText.isDigit) {
            // A number of more digits is absurd either way; it must not overflow.
            return .seconds(trimmed.utf8.count > 9 ? 999_999_999 : Int64(trimmed.text) ?? 0)
        }
        return HTTPDate.secondsSince1970(trimmed.string).map { .seconds(max($0 - now, 0)) }
    }
}
