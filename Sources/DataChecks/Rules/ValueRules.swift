import PostgresClient

/// Values in a list: all texts, or all numbers.
struct ValueList: Sendable, Hashable {
    var literals: [String]

    func appending(_ other: ValueList) -> ValueList { ValueList(literals: literals + other.literals) }

    func condition(on column: String) -> String { "\(column) IN (\(literals.joined(separator: ",")))" }
}

/// Which values of a column count as missing, and which as valid or invalid.
struct ValueRules: Sendable, Hashable {
    var missingValues: ValueList?
    var missingFormat: String?
    var missingRegex: String?
    var validValues: ValueList?
    var validFormat: String?
    var validRegex: String?
    var validLength: Int?
    var validMinimumLength: Int?
    var validMaximumLength: Int?
    var validMinimum: Double?
    var validMaximum: Double?
    var invalidValues: ValueList?
    var invalidFormat: String?
    var invalidRegex: String?
    var includesNull: Bool?

    var isEmpty: Bool { self == ValueRules() }

    /// These rules, completed by those of the column: lists are joined, of anything else the first one holds.
    ///
    /// Rules for what is invalid are a check's own.
    func completed(by column: ValueRules?) -> ValueRules {
        guard let column else { return self }
        var result = self
        if isEmpty { return column }
        result.missingValues = joined(missingValues, column.missingValues)
        result.validValues = joined(validValues, column.validValues)
        result.missingFormat = missingFormat ?? column.missingFormat
        result.missingRegex = missingRegex ?? column.missingRegex
        result.validFormat = validFormat ?? column.validFormat
        result.validRegex = validRegex ?? column.validRegex
        result.validLength = validLength ?? column.validLength
        result.validMinimumLength = validMinimumLength ?? column.validMinimumLength
        result.validMaximumLength = validMaximumLength ?? column.validMaximumLength
        result.validMinimum = validMinimum ?? column.validMinimum
        result.validMaximum = validMaximum ?? column.validMaximum
        result.includesNull = includesNull ?? column.includesNull
        return result
    }

    private func joined(_ first: ValueList?, _ second: ValueList?) -> ValueList? {
        guard let first, let second else { return first ?? second }
        return first.appending(second)
    }
}

extension ValueRules {
    /// The condition of a missing value.
    func missing(_ column: String) -> String {
        var clauses = ["\(column) IS NULL"]
        if let missingValues { clauses.append(missingValues.condition(on: column)) }
        if let missingFormat { clauses.append(Self.matches(column, format: missingFormat)) }
        if let missingRegex { clauses.append(Self.matches(column, missingRegex)) }
        return clauses.joined(separator: " OR ")
    }

    /// The condition of a valid value; nil if no rule says what is.
    private func valid(_ column: String) -> String? {
        var clauses: [String] = []
        if let validValues { clauses.append(validValues.condition(on: column)) }
        if let validFormat { clauses.append(Self.matches(column, format: validFormat)) }
        if let validRegex { clauses.append(Self.matches(column, validRegex)) }
        if let validLength { clauses.append("LENGTH(\(column)) = \(validLength)") }
        if let validMinimumLength { clauses.append("LENGTH(\(column)) >= \(validMinimumLength)") }
        if let validMaximumLength { clauses.append("LENGTH(\(column)) <= \(validMaximumLength)") }
        let number = validFormat == nil ? column : Self.number(column)
        if let validMinimum { clauses.append("\(number) >= \(validMinimum)") }
        if let validMaximum { clauses.append("\(number) <= \(validMaximum)") }
        return clauses.isEmpty ? nil : clauses.joined(separator: " AND ")
    }

    /// The condition of a value that a rule calls invalid; nil if there is no such rule.
    private func calledInvalid(_ column: String) -> String? {
        var clauses: [String] = []
        if let invalidFormat { clauses.append(Self.matches(column, format: invalidFormat)) }
        if let invalidValues { clauses.append(invalidValues.condition(on: column)) }
        if let invalidRegex { clauses.append(Self.matches(column, invalidRegex)) }
        return clauses.isEmpty ? nil : clauses.joined(separator: " OR ")
    }

    /// The condition of an invalid value, which is not missing; nil if no rule says what is.
    func invalid(_ column: String) -> String? {
        let present = "NOT (\(missing(column)))"
        switch (valid(column), calledInvalid(column)) {
        case (let valid?, let invalid?): return "\(present) AND (NOT (\(valid)) OR (\(invalid)))" + orNull(column)
        case (let valid?, nil): return "\(present) AND NOT (\(valid))" + orNull(column)
        case (nil, let invalid?): return "\(present) AND (\(invalid))" + orNull(column)
        case (nil, nil): return nil
        }
    }

    /// The condition of a value that is neither missing nor invalid.
    func good(_ column: String) -> String {
        let present = "NOT (\(missing(column)))"
        if let valid = valid(column) { return "\(present) AND (\(valid))" + orNull(column) }
        if let invalid = calledInvalid(column) { return "\(present) AND NOT (\(invalid))" + orNull(column) }
        return present
    }

    private func orNull(_ column: String) -> String { includesNull == true ? " OR \(column) IS NULL" : "" }

    /// A text that stands for a number, as a number: foreign characters go, a comma becomes a point.
    static func number(_ text: String) -> String {
        "CAST(NULLIF(REPLACE(REGEXP_REPLACE(\(text), '[^-0-9.,]', '', 'g'), ',', '.'), '') AS FLOAT)"
    }

    private static func matches(_ column: String, _ regex: String) -> String {
        "\(column) ~ \(PostgresSyntax.literal(regex))"
    }

    /// The reader of rules has refused unknown formats; one that came here nevertheless matches nothing.
    private static func matches(_ column: String, format: String) -> String {
        ValueFormat.pattern(format).map { matches(column, $0) } ?? "FALSE"
    }
}
