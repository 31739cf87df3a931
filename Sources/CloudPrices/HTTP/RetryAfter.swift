import ByteText

/// Reads the header `Retry-After`: seconds, or a date in any of HTTP's three forms.
package enum RetryAfter {
    /// How long to wait from now, never less than nothing; `nil` if the text is neither.
    package static func duration(_ text: String, now: PriceInstant) -> Duration? {
        let text = text.bytes.trimmed.string
        if !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            // Past nine digits the number is absurd either way; it must not overflow.
            return text.utf8.count > 9 ? .seconds(999_999_999) : Int64(text).map { .seconds($0) }
        }
        guard let date = date(text) else { return nil }
        return max(.microseconds(date.microseconds - now.microseconds), .zero)
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` or `Sun Nov  6 08:49:37 1994`.
    static func date(_ text: String) -> PriceInstant? {
        let words = text.utf8.split(whereSeparator: { " ,-".utf8.contains($0) }).map { String(Substring($0)) }
        switch words.count {
        case 6 where words[5] == "GMT": return date(day: words[1], month: words[2], year: words[3], time: words[4])
        case 5: return date(day: words[2], month: words[1], year: words[4], time: words[3])
        default: return nil
        }
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func date(day: String, month: String, year: String, time: String) -> PriceInstant? {
        let clock = time.bytes.parts(at: ":").compactMap { Int($0.text) }
        guard let month = months.firstIndex(of: month), let day = Int(day), let shortYear = Int(year), clock.count == 3,
            (0..<24).contains(clock[0]), (0..<60).contains(clock[1]), (0...60).contains(clock[2])
        else { return nil }
        // Two digits: RFC 9110 reads a year that seems far in the future as one in the past.
        let year = year.count == 2 ? (shortYear < 70 ? 2000 : 1900) + shortYear : shortYear
        guard var instant = PriceInstant(year: year, month: month + 1, day: day) else { return nil }
        instant.microseconds += Int64(clock[0] * 3600 + clock[1] * 60 + clock[2]) * 1_000_000
        return instant
    }
}
