// Safety: the bytes are lent by a span for the call, and the reader compares its place with their count before each
// read.
extension PostgresTimestamp {
    /// Reads a moment as ISO 8601 and RFC 3339 write it; nil for anything else.
    ///
    /// `2024-05-28`, `2024-05-28T20:35:22Z`, `2024-05-28 20:35:22.123456789+02:00`. Without an offset it is in UTC.
    /// More than six digits of a second are rounded, as the server does.
    public init?(iso8601 text: RawSpan) {
        let value = unsafe text.withUnsafeBytes { bytes in
            var reader = unsafe ISO8601Reader(bytes)
            return unsafe reader.moment()
        }
        guard let value else { return nil }
        microsecondsSince1970 = value
    }

    /// Reads a moment from a string; see ``init(iso8601:)-(RawSpan)``.
    public init?(iso8601 text: String) {
        var text = text
        guard let value = text.withUTF8({ unsafe PostgresTimestamp(iso8601: $0.span.bytes) }) else { return nil }
        self = value
    }
}

/// Reads digits and separators at fixed places.
@unsafe
private struct ISO8601Reader {
    private let bytes: UnsafeRawBufferPointer
    private var index = 0

    init(_ bytes: UnsafeRawBufferPointer) { unsafe self.bytes = bytes }

    private var next: UInt8? { unsafe index < bytes.count ? bytes[index] : nil }

    private mutating func take(_ letters: StaticString) -> UInt8? {
        let wanted = unsafe UnsafeBufferPointer(start: letters.utf8Start, count: letters.utf8CodeUnitCount)
        guard let next = unsafe next, unsafe wanted.contains(next) else { return nil }
        unsafe index += 1
        return next
    }

    private mutating func number(digits: Int) -> Int? {
        guard unsafe index + digits <= bytes.count else { return nil }
        var value = 0
        for _ in 0..<digits {
            let digit = unsafe bytes[index] &- 48
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
            unsafe index += 1
        }
        return value
    }

    /// Microseconds since 1970.
    mutating func moment() -> Int64? {
        guard let year = unsafe number(digits: 4), unsafe take("-") != nil, let month = unsafe number(digits: 2),
            unsafe take("-") != nil, let day = unsafe number(digits: 2),
            let date = PostgresDate(year: year, month: month, day: day)
        else { return nil }
        let start = Int64(date.daysSince1970) * 86_400_000_000
        if unsafe next == nil { return start }
        guard unsafe take("Tt ") != nil, let hour = unsafe number(digits: 2), unsafe take(":") != nil,
            let minute = unsafe number(digits: 2), unsafe take(":") != nil, let second = unsafe number(digits: 2),
            hour < 24, minute < 60, second < 61, let fraction = unsafe fraction(), let offset = unsafe offset(),
            unsafe next == nil
        else { return nil }
        let seconds = Int64(hour * 3600 + minute * 60 + second - offset)
        return start + seconds * 1_000_000 + fraction
    }

    private mutating func fraction() -> Int64? {
        guard unsafe take(".,") != nil else { return 0 }
        var value: Int64 = 0
        var digits = 0
        var roundsUp = false
        while let next = unsafe next, next &- 48 < 10 {
            if digits < 6 { value = value * 10 + Int64(next - 48) }
            if digits == 6 { roundsUp = next >= UInt8(ascii: "5") }
            digits += 1
            unsafe index += 1
        }
        guard digits > 0 else { return nil }
        while digits < 6 {
            value *= 10
            digits += 1
        }
        return value + (roundsUp ? 1 : 0)
    }

    /// Seconds east of Greenwich.
    private mutating func offset() -> Int? {
        guard let sign = unsafe take("Zz+-") else { return 0 }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return 0 }
        guard let hours = unsafe number(digits: 2), hours < 16 else { return nil }
        _ = unsafe take(":")
        let minutes = unsafe next == nil ? 0 : number(digits: 2)
        guard let minutes, minutes < 60 else { return nil }
        return (sign == UInt8(ascii: "-") ? -1 : 1) * (hours * 3600 + minutes * 60)
    }
}
