import Foundation

/// A number made of measurements.
enum Formula: Sendable, Hashable {
    case single(Measurement)
    /// The last value of a row that is not null, as a number with a fraction.
    case lastOfRow(String)
    /// A part of a whole in percent, to two digits after the point.
    case percent(part: Measurement, whole: Measurement)

    var measurements: [Measurement] {
        switch self {
        case .single(let measurement): [measurement]
        case .lastOfRow(let sql): [.firstRow(sql)]
        case .percent(let part, let whole): [part, whole]
        }
    }

    /// What is measured, as text.
    var identity: String {
        switch self {
        case .single(let measurement): measurement.identity
        case .lastOfRow(let sql): sql
        case .percent(let part, _): "percent of " + part.identity
        }
    }

    /// The number; nil if there is none, such as the average of no rows.
    func value(_ measured: [Measured]) throws(JudgementError) -> CheckValue? {
        switch self {
        case .single: return try measured[0].first.checkValue()
        case .lastOfRow:
            let last = measured[0].rows.first?.last { $0 != .null }
            return try last?.checkValue().map { .number($0.double) }
        case .percent:
            guard let part = try measured[0].first.checkValue(), let whole = try measured[1].first.checkValue(),
                part.double != 0, whole.double != 0
            else { return .number(0) }
            return .number(Self.rounded(part.double * 100 / whole.double))
        }
    }

    /// A number of two digits after the point, the nearest to the exact value of the number.
    static func rounded(_ value: Double) -> Double {
        Double(String(format: "%.2f", value)) ?? value
    }
}
