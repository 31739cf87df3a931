/// How a check ended.
public enum CheckOutcome: String, Sendable, Hashable, Codable {
    /// What was found is as it should be.
    case pass
    /// What was found is worth a look.
    case warn
    /// What was found is wrong.
    case fail
    /// There was nothing to judge, such as the average of no rows, or no earlier run to compare with.
    case notEvaluated = "not evaluated"
    /// The check could not be run.
    case error
}

/// What a check found.
public enum CheckValue: Sendable, Hashable, Codable, CustomStringConvertible {
    /// A whole number.
    case integer(Int)
    /// Any other number.
    case number(Double)

    /// The number, rounded to the nearest floating-point one.
    public var double: Double {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        }
    }

    /// The number as text.
    public var description: String {
        switch self {
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        }
    }

    /// Reads a number.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let whole = try? container.decode(Int.self) {
            self = .integer(whole)
        } else {
            self = .number(try container.decode(Double.self))
        }
    }

    /// Writes a bare number; one that JSON has no form for is written as null.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .integer(let value): try container.encode(value)
        case .number(let value): value.isFinite ? try container.encode(value) : try container.encodeNil()
        }
    }
}

/// Some of the rows that a check is about.
public struct CheckSamples: Sendable, Hashable, Codable {
    /// The names of the columns.
    public let columns: [String]
    /// The rows, each with a text or nothing for every column.
    public let rows: [[String?]]
    /// How many such rows there are, if that is known.
    public let total: Int?
}

/// What came out of one check.
public struct CheckResult: Sendable, Hashable, Codable {
    /// The check's name, or its own words if it has none.
    public let name: String
    /// How it ended.
    public let outcome: CheckOutcome
    /// What it found, if that is a number.
    public let value: CheckValue?
    /// Which values would have been, or were, worth a warning or a failure.
    public let thresholds: CheckThresholds
    /// The table, if the check is about one.
    public let table: String?
    /// The named filter, if there is one.
    public let filter: String?
    /// Where the check stands.
    public let location: CheckLocation
    /// More about what was found, as name and text.
    public let diagnostics: [CheckDiagnostic]
    /// Rows that did not pass, if there are any and they were asked for.
    public let samples: CheckSamples?
    /// Why the check could not be run.
    public let message: String?
}

/// A detail of what a check found.
public struct CheckDiagnostic: Sendable, Hashable, Codable {
    /// What it is.
    public let name: String
    /// The detail itself.
    public let text: String
}

/// What came out of a run of checks.
public struct CheckReport: Sendable, Hashable {
    /// Every check, in the order of the files.
    public let checks: [CheckResult]

    /// What kept checks from being run; empty if all were.
    public let problems: [CheckProblem]

    /// What is understood, but is hardly meant, or was passed over; it changes no outcome.
    public let warnings: [CheckProblem]

    /// Values for ``MetricsHistory``: what this run measured, by the text of what was measured.
    public let metrics: [String: Double]

    /// The columns of the tables whose schema was looked at, for ``MetricsHistory``.
    public let schemas: [String: [SchemaColumn]]

    /// When the run was, in seconds since 1970.
    public let time: Double

    /// How many statements with results the database ran.
    public let statements: Int

    /// How the run as a whole ended: the worst of its checks, where nothing to judge is no harm.
    public var outcome: CheckOutcome {
        if !problems.isEmpty || checks.contains(where: { $0.outcome == .error }) { return .error }
        if checks.contains(where: { $0.outcome == .fail }) { return .fail }
        if checks.contains(where: { $0.outcome == .warn }) { return .warn }
        return .pass
    }

    /// The status for a program to end with: 0 passed, 1 warned, 2 failed, 3 could not be run.
    public var exitCode: Int32 {
        switch outcome {
        case .pass, .notEvaluated: 0
        case .warn: 1
        case .fail: 2
        case .error: 3
        }
    }

    /// How many checks ended so.
    public func count(_ outcome: CheckOutcome) -> Int { checks.count { $0.outcome == outcome } }
}
