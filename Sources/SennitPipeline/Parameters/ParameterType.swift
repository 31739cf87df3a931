internal import ConfigurationReading

/// What values a parameter may have.
public struct ParameterType: Sendable, Hashable {
    private enum Kind: Hashable {
        case string, decimal, boolean, date, hour, duration
        case integer(ClosedRange<Int64>)
        case oneOf([String])
    }

    private let kind: Kind

    /// Any text of at most 4,096 bytes without control characters.
    public static let string = ParameterType(kind: .string)
    /// A whole number of 64 bits.
    public static let integer = integer(in: Int64.min...Int64.max)
    /// A decimal number of at most 38 digits, such as `0.25`; it is kept digit for digit.
    public static let decimal = ParameterType(kind: .decimal)
    /// `true` or `false`.
    public static let boolean = ParameterType(kind: .boolean)
    /// A day, such as `2026-01-31`.
    public static let date = ParameterType(kind: .date)
    /// An hour of a day in UTC, such as `2026-01-31T05`.
    public static let hour = ParameterType(kind: .hour)
    /// A length of time of whole milliseconds, such as `90 s`, `500 ms`, `10 min`, `2 h` or `1 d`.
    public static let duration = ParameterType(kind: .duration)

    /// A whole number from a range.
    public static func integer(in range: ClosedRange<Int64>) -> ParameterType {
        ParameterType(kind: .integer(range))
    }

    /// One of a list of texts.
    public static func oneOf(_ values: [String]) -> ParameterType { ParameterType(kind: .oneOf(values)) }

    /// The most bytes that a value may have.
    package static let longestText = 4096

    /// What is expected, such as "an integer from 1 to 10".
    package var expectation: String {
        switch kind {
        case .string: "a text of at most 4,096 bytes without control characters"
        case .decimal: "a decimal number, such as 0.25"
        case .boolean: "true or false"
        case .date: "a date, such as 2026-01-31"
        case .hour: "an hour in UTC, such as 2026-01-31T05"
        case .duration: "a time, such as 90 s, 500 ms, 10 min or 2 h"
        case .integer(let range):
            range == Int64.min...Int64.max
                ? "an integer, such as 10" : "an integer from \(range.lowerBound) to \(range.upperBound)"
        case .oneOf(let values): "one of " + values.joined(separator: ", ")
        }
    }

    /// A word for lists: "date", "integer", "eu|us".
    package var word: String {
        switch kind {
        case .string: "text"
        case .decimal: "decimal"
        case .boolean: "true|false"
        case .date: "date"
        case .hour: "hour"
        case .duration: "time"
        case .integer: "integer"
        case .oneOf(let values): values.joined(separator: "|")
        }
    }

    /// Reads a value.
    ///
    /// - Throws: ``ParameterProblem`` that says what is wrong.
    package func value(of text: String) throws(ParameterProblem) -> ParameterValue {
        switch kind {
        case .string:
            guard text.utf8.count <= ParameterType.longestText, !RunValues.hasControls(text)
            else { throw expected(text) }
            return .string(text)
        case .integer(let range):
            guard let number = Int64(text), range.contains(number) else { throw expected(text) }
            return .integer(number)
        case .decimal:
            guard let digits = DecimalDigits.shortest(text) else { throw expected(text) }
            return .decimal(digits)
        case .boolean:
            guard text == "true" || text == "false" else { throw expected(text) }
            return .boolean(text == "true")
        case .date:
            guard let date = CalendarDate(text) else { throw ParameterProblem(CalendarDate.problem(with: text)) }
            return .date(date)
        case .hour:
            guard let hour = CalendarHour(text) else { throw expected(text) }
            return .hour(hour)
        case .duration:
            guard let milliseconds = TimeSpan(text)?.wholeMilliseconds else { throw expected(text) }
            return .duration(milliseconds: milliseconds)
        case .oneOf(let values):
            guard values.contains(where: { $0.utf8.elementsEqual(text.utf8) }) else {
                throw ParameterProblem(
                    "'\(text.prefix(200))' is not \(expectation)." + NameSuggestion.question(text, among: values))
            }
            return .string(text)
        }
    }

    private func expected(_ text: String) -> ParameterProblem {
        ParameterProblem("'\(text.prefix(200))' is not \(expectation)")
    }

    /// What is wrong with the type itself; nil if nothing is.
    var problem: String? {
        switch kind {
        case .oneOf(let values):
            if values.isEmpty || Set(values).count != values.count { return "a list of values, each once" }
            let isPlain = values.allSatisfy { !$0.isEmpty && (try? ParameterType.string.value(of: $0)) != nil }
            return isPlain ? nil : "values that are texts of at most 4,096 bytes without control characters"
        case .string, .integer, .decimal, .boolean, .date, .hour, .duration: return nil
        }
    }
}

/// Why a text is not a value of a type, as a clause.
package struct ParameterProblem: Error, Sendable, Hashable {
    package let words: String

    init(_ words: String) { self.words = words }
}

/// Decimal numbers as digits.
enum DecimalDigits {
    /// The most digits that a number may have.
    private static let limit = 38

    /// The number without superfluous zeros and signs; nil if the text is not a number of at most 38 digits.
    static func shortest(_ text: String) -> String? {
        var bytes = Array(text.utf8)[...]
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative || bytes.first == UInt8(ascii: "+") { bytes = bytes.dropFirst() }
        let parts = bytes.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, !whole.isEmpty, parts.count == 1 || !parts[1].isEmpty,
            parts.allSatisfy({ $0.allSatisfy { (0x30...0x39).contains($0) } })
        else { return nil }
        var integer = whole.drop { $0 == 0x30 }
        if integer.isEmpty { integer = [0x30] }
        var fraction = parts.count == 2 ? parts[1] : []
        while fraction.last == 0x30 { fraction = fraction.dropLast() }
        guard integer.count + fraction.count <= limit else { return nil }
        let digits = String(decoding: integer, as: UTF8.self)
        let number = fraction.isEmpty ? digits : digits + "." + String(decoding: fraction, as: UTF8.self)
        return isNegative && number != "0" ? "-" + number : number
    }
}

extension TimeSpan {
    /// The time in milliseconds; nil if it is not a whole number of them.
    var wholeMilliseconds: Int64? {
        let exact = duration.seconds * 1000
        let rounded = exact.rounded()
        return abs(exact - rounded) < 1e-6 ? Int64(exactly: rounded) : nil
    }
}
