/// The value that a parameter has in a run.
public enum ParameterValue: Sendable, Hashable, Codable {
    /// A text, also one of a list.
    case string(String)
    /// A whole number.
    case integer(Int64)
    /// A decimal number by its shortest digits, such as `-0.25`: no rounding takes place.
    case decimal(String)
    /// True or false.
    case boolean(Bool)
    /// A day.
    case date(CalendarDate)
    /// An hour of a day, in UTC.
    case hour(CalendarHour)
    /// A length of time in milliseconds.
    case duration(milliseconds: Int64)

    /// The value as text: equal values have equal texts, and the history and the fingerprint have this one.
    public var text: String {
        switch self {
        case .string(let text), .decimal(let text): text
        case .integer(let number): "\(number)"
        case .boolean(let truth): truth ? "true" : "false"
        case .date(let date): "\(date)"
        case .hour(let hour): "\(hour)"
        case .duration(let milliseconds): ParameterValue.text(ofMilliseconds: milliseconds)
        }
    }

    /// The largest unit in which it is a whole number.
    private static func text(ofMilliseconds milliseconds: Int64) -> String {
        let units: [(Int64, String)] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1000, "s")]
        guard milliseconds != 0 else { return "0 s" }
        for (length, unit) in units where milliseconds % length == 0 { return "\(milliseconds / length) \(unit)" }
        return "\(milliseconds) ms"
    }
}

extension ParameterValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    /// A text, which the parameter's type reads.
    public init(stringLiteral text: String) { self = .string(text) }

    /// A whole number.
    public init(integerLiteral number: Int64) { self = .integer(number) }

    /// True or false.
    public init(booleanLiteral truth: Bool) { self = .boolean(truth) }
}

/// A Swift type as which a step can read a parameter.
///
/// An enumeration whose raw values are strings conforms without writing anything.
public protocol ParameterReadable {
    /// Reads a value; nil if it is of another type.
    init?(parameter value: ParameterValue)
}

extension String: ParameterReadable {
    /// The value as text, whatever its type.
    public init(parameter value: ParameterValue) { self = value.text }
}

extension Int64: ParameterReadable {
    /// An integer.
    public init?(parameter value: ParameterValue) {
        guard case .integer(let number) = value else { return nil }
        self = number
    }
}

extension Int: ParameterReadable {
    /// An integer.
    public init?(parameter value: ParameterValue) {
        guard case .integer(let number) = value else { return nil }
        self.init(exactly: number)
    }
}

extension Double: ParameterReadable {
    /// The nearest number to a decimal or an integer.
    public init?(parameter value: ParameterValue) {
        switch value {
        case .integer(let number): self = Double(number)
        case .decimal(let text): self.init(text)
        case .string, .boolean, .date, .hour, .duration: return nil
        }
    }
}

extension Bool: ParameterReadable {
    /// True or false.
    public init?(parameter value: ParameterValue) {
        guard case .boolean(let truth) = value else { return nil }
        self = truth
    }
}

extension CalendarDate: ParameterReadable {
    /// A date.
    public init?(parameter value: ParameterValue) {
        guard case .date(let date) = value else { return nil }
        self = date
    }
}

extension CalendarHour: ParameterReadable {
    /// An hour.
    public init?(parameter value: ParameterValue) {
        guard case .hour(let hour) = value else { return nil }
        self = hour
    }
}

extension Duration: ParameterReadable {
    /// A length of time.
    public init?(parameter value: ParameterValue) {
        guard case .duration(let milliseconds) = value else { return nil }
        self = .milliseconds(milliseconds)
    }
}

extension ParameterReadable where Self: RawRepresentable, RawValue == String {
    /// One of the cases, by its raw value.
    public init?(parameter value: ParameterValue) { self.init(rawValue: value.text) }
}
