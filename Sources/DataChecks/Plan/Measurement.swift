import ByteText

/// Something that a check wants to know from the database.
///
/// Measurements whose SQL is the same bytes are made once for several checks, and all aggregates of one dataset in one
/// pass over it.
enum Measurement: Sendable, Hashable {
    /// One aggregate expression over the rows of a dataset.
    case aggregate(Dataset, String)
    /// A statement whose first row counts.
    case firstRow(String)
    /// A statement with all its rows, at most so many: one more is read to tell that there are more.
    case rows(String, limit: Int)
    /// A query for rows that should not be: how many they are, and the first of them.
    ///
    /// If a table is named and does not exist, nothing is measured.
    case offending(String, samples: Int, needs: String?)

    static func == (left: Measurement, right: Measurement) -> Bool {
        switch (left, right) {
        case (.aggregate(let dataset, let sql), .aggregate(let other, let otherSQL)):
            dataset == other && sql.bytes == otherSQL.bytes
        case (.firstRow(let sql), .firstRow(let other)): sql.bytes == other.bytes
        case (.rows(let sql, let limit), .rows(let other, let otherLimit)):
            sql.bytes == other.bytes && limit == otherLimit
        case (.offending(let sql, let samples, let table), .offending(let other, let otherSamples, let otherTable)):
            sql.bytes == other.bytes && samples == otherSamples && table?.bytes == otherTable?.bytes
        case (.aggregate, _), (.firstRow, _), (.rows, _), (.offending, _): false
        }
    }

    func hash(into hasher: inout Hasher) {
        switch self {
        case .aggregate(let dataset, let sql):
            hasher.combine(dataset)
            hasher.combine(sql.bytes)
        case .firstRow(let sql), .rows(let sql, _), .offending(let sql, _, _): hasher.combine(sql.bytes)
        }
    }

    /// What is measured, as text: the same in every run.
    var identity: String {
        switch self {
        case .aggregate(let dataset, let expression): "\(dataset.title): \(expression)"
        case .firstRow(let sql), .rows(let sql, _), .offending(let sql, _, _): sql
        }
    }
}

/// What came out of a measurement.
struct Measured: Sendable, Hashable {
    var columns: [String] = []
    var rows: [[DatabaseValue]] = []
    /// How many rows there are, of which some may not be at hand.
    var total = 0
    /// Whether a table that was needed does not exist.
    var isAbsent = false

    /// The only value of an aggregate.
    var first: DatabaseValue { rows.first?.first ?? .null }
}

/// A value of a result.
enum DatabaseValue: Sendable, Hashable {
    case null
    case integer(Int)
    /// A number with digits after the point, or without bounds: the nearest floating-point one, and its text.
    case number(Double, text: String)
    /// Anything else, with the number of its type in `pg_type`.
    case other(String, type: UInt32)

    init(_ text: String?, type: UInt32) {
        guard let text else {
            self = .null
            return
        }
        switch type {
        case PostgresType.int2, PostgresType.int4, PostgresType.int8:
            self = Int(text).map(DatabaseValue.integer) ?? .other(text, type: type)
        case PostgresType.float4, PostgresType.float8, PostgresType.numeric:
            self = Double(text).map { .number($0, text: text) } ?? .other(text, type: type)
        default: self = .other(text, type: type)
        }
    }

    /// The text as the server sent it.
    var text: String? {
        switch self {
        case .null: nil
        case .integer(let value): String(value)
        case .number(_, let text), .other(let text, _): text
        }
    }

    /// The value as a number; nil for null.
    func checkValue() throws(JudgementError) -> CheckValue? {
        switch self {
        case .null: return nil
        case .integer(let value): return .integer(value)
        case .number(let value, _): return .number(value)
        case .other(let text, _):
            throw JudgementError(
                "expected a number, but the value is '\(text.prefix(80))'; choose a numeric column, "
                    + "or count the values that are wrong")
        }
    }
}

/// Numbers of types in `pg_type`.
enum PostgresType {
    static let int8: UInt32 = 20
    static let int2: UInt32 = 21
    static let int4: UInt32 = 23
    static let float4: UInt32 = 700
    static let float8: UInt32 = 701
    static let date: UInt32 = 1082
    static let timestamp: UInt32 = 1114
    static let timestampWithZone: UInt32 = 1184
    static let numeric: UInt32 = 1700
}
