/// A decimal number that keeps every digit that was published, and the very text.
///
/// A value is `coefficient × 10^-scale`. Up to 38 digits are kept; a longer number is an error, never a rounding. No
/// binary floating-point number is involved anywhere. Two values are equal when the numbers are: `1.50` equals `1.5`,
/// and
/// `text` still tells them apart.
public struct ExactDecimal: Sendable {
    /// All digits as one whole number, with the sign.
    public private(set) var coefficient: Int128
    /// How many of the digits stand after the point: 0 to 76.
    public private(set) var scale: Int
    /// The text as published, where the plain notation of the same digits differs from it: `3.4E-05`, `+1`, `.5`.
    private var publishedText: String?

    /// The most digits that a value can have.
    public static let maximumDigits = 38
    /// The most digits after the point.
    public static let maximumScale = 76

    /// Makes a value from its digits.
    ///
    /// - Precondition: `scale` is from 0 to `maximumScale`.
    public init(coefficient: Int128, scale: Int) {
        precondition((0...Self.maximumScale).contains(scale), "the scale is from 0 to 76")
        self.coefficient = coefficient
        self.scale = scale
    }

    /// Makes a whole number.
    public init(_ value: Int) { self.init(coefficient: Int128(value), scale: 0) }

    /// Nothing.
    public static let zero = ExactDecimal(0)

    /// Reads a number in JSON's notation; a leading `+`, and a point at either end, are read as well.
    ///
    /// - Throws: `ExactDecimalError.notANumber` for anything else, `.tooManyDigits` past 38 digits or 76 after the
    /// point.
    public init(_ text: String) throws(ExactDecimalError) {
        let bytes = Array(text.utf8)
        try self.init(parsing: bytes.span)
    }

    /// Reads a number from UTF-8; see `init(_:)`.
    public init(parsing text: Span<UInt8>) throws(ExactDecimalError) {
        let number = try DecimalScanner.scan(text)
        coefficient = number.coefficient
        scale = number.scale
        publishedText = number.isPlain ? nil : String(copying: text)
    }

    /// Whether `text` is something else than `plainText`.
    package var hasPublishedNotation: Bool { publishedText != nil }

    /// The text as it was published, to the last zero; the plain notation of a value that was computed.
    public var text: String { publishedText ?? plainText }

    /// The digits in plain notation, as Postgres prints a `numeric`: `0.000034`, `-1.50`, `12`.
    public var plainText: String {
        let digits = String(coefficient.magnitude)
        let sign = coefficient < 0 ? "-" : ""
        guard scale > 0 else { return sign + digits }
        let padded = String(repeating: "0", count: max(0, scale + 1 - digits.utf8.count)) + digits
        return sign + padded.dropLast(scale) + "." + padded.suffix(scale)
    }

    /// The same number with no zeros at the end and no notation of its own: what two equal values share.
    public var normalised: ExactDecimal {
        var value = ExactDecimal(coefficient: coefficient, scale: scale)
        while value.scale > 0, value.coefficient % 10 == 0 {
            value.coefficient /= 10
            value.scale -= 1
        }
        return value
    }

    /// The plain notation without zeros at the end.
    public var normalisedText: String { normalised.plainText }

    /// Whether the number is below zero.
    public var isNegative: Bool { coefficient < 0 }
    /// Whether the number is zero.
    public var isZero: Bool { coefficient == 0 }
}

/// Why a text is not a number, or a result cannot be exact.
public enum ExactDecimalError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text is not a decimal number.
    case notANumber
    /// The number has more digits than are kept exactly.
    case tooManyDigits
    /// The quotient has no end, or more digits than are kept.
    case notExact
    /// Something was divided by zero.
    case divisionByZero

    /// One sentence.
    public var description: String {
        switch self {
        case .notANumber: "it is not a decimal number"
        case .tooManyDigits:
            "it has more than \(ExactDecimal.maximumDigits) digits, or \(ExactDecimal.maximumScale) after the point"
        case .notExact: "the quotient has no exact decimal form; ask for a number of places"
        case .divisionByZero: "the divisor is zero"
        }
    }
}

extension ExactDecimal: CustomStringConvertible, ExpressibleByIntegerLiteral {
    /// The text.
    public var description: String { text }

    /// Makes a whole number.
    public init(integerLiteral value: Int) { self.init(value) }
}

extension ExactDecimal: Codable {
    /// Reads the text of a number.
    public init(from decoder: any Decoder) throws {
        try self.init(try decoder.singleValueContainer().decode(String.self))
    }

    /// Writes the text as published.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
