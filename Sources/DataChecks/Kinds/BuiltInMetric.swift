/// A metric of SodaCL over a dataset, as SQL.
struct BuiltInMetric: Sendable {
    let dataset: Dataset
    let call: MetricCall
    let filter: String?
    let rules: ValueRules

    /// Metrics that need no column.
    static let ofRows: Set<String> = ["row_count"]
    /// Metrics of one column or more.
    static let ofKeys: Set<String> = ["duplicate_count", "duplicate_percent"]
    /// Metrics of a column and a number.
    static let ofFractions: Set<String> = ["percentile", "percentile_disc"]
    /// Metrics of one column.
    static let ofColumns: Set<String> = [
        "missing_count", "missing_percent", "invalid_count", "invalid_percent", "valid_count", "min", "max", "avg",
        "sum", "min_length", "max_length", "avg_length", "stddev", "stddev_pop", "stddev_samp", "variance", "var_pop",
        "var_samp",
    ]

    static let names = ofRows.union(ofKeys).union(ofFractions).union(ofColumns)

    /// The metric's number.
    ///
    /// - Throws: What is wrong with the call.
    func formula() throws(JudgementError) -> Formula {
        try checkArguments()
        switch call.name {
        case "row_count": return .single(rowCount)
        case "duplicate_count": return .single(duplicates)
        case "duplicate_percent": return .percent(part: duplicates, whole: rowCount)
        case "missing_percent", "invalid_percent":
            return .percent(part: .aggregate(dataset, expression), whole: rowCount)
        default: return .single(.aggregate(dataset, expression))
        }
    }

    /// A query for the rows that count, for the metrics that count rows which should not be.
    func offendingRows() -> String? {
        switch call.name {
        case "missing_count", "missing_percent":
            return "SELECT * \(dataset.from(where: SQLText.all([rules.missing(column), filter])))"
        case "invalid_count", "invalid_percent":
            guard let invalid = rules.invalid(column) else { return nil }
            return "SELECT * \(dataset.from(where: SQLText.all([invalid, filter])))"
        case "duplicate_count", "duplicate_percent":
            let keys = call.arguments.joined(separator: ", ")
            return "SELECT \(keys), COUNT(*) AS frequency \(keyedRows) ORDER BY COUNT(*) DESC"
        default: return nil
        }
    }

    private var column: String { call.arguments.first ?? "" }

    private var rowCount: Measurement { .aggregate(dataset, SQLText.count(where: filter.map { "(\($0))" })) }

    /// The keys that several rows have; a key with a null in it is none.
    private var keyedRows: String {
        let present = call.arguments.map { "\($0) IS NOT NULL" }
        return dataset.from(where: SQLText.all(present + [filter]))
            + " GROUP BY \(call.arguments.joined(separator: ", ")) HAVING COUNT(*) > 1"
    }

    private var duplicates: Measurement { .firstRow("SELECT COUNT(*) FROM (SELECT 1 \(keyedRows)) AS duplicates") }

    private var expression: String {
        switch call.name {
        case "missing_count", "missing_percent": return count(rules.missing(column))
        case "valid_count": return count(rules.good(column))
        case "invalid_count", "invalid_percent":
            return count(rules.invalid(column) ?? "FALSE")
        default: return aggregate(of: values)
        }
    }

    private func count(_ condition: String) -> String {
        SQLText.count(where: filter.map { "(\($0)) AND (\(condition))" } ?? condition)
    }

    /// The values that an aggregate is made of: those that are neither missing nor invalid.
    private var values: String {
        let conditions = SQLText.all([rules.isEmpty ? nil : rules.good(column), filter])
        let chosen = conditions.map { "CASE WHEN \($0) THEN \(column) END" } ?? column
        return rules.validFormat.map(ValueFormat.isNumeric) == true ? ValueRules.number(chosen) : chosen
    }

    private func aggregate(of values: String) -> String {
        switch call.name {
        case "min_length": "MIN(LENGTH(\(values)))"
        case "max_length": "MAX(LENGTH(\(values)))"
        case "avg_length": "AVG(LENGTH(\(values)))"
        case "percentile", "percentile_disc":
            "PERCENTILE_DISC(\(call.arguments[1])) WITHIN GROUP (ORDER BY \(values))"
        default: "\(call.name.uppercased())(\(values))"
        }
    }

    private func checkArguments() throws(JudgementError) {
        let count = call.arguments.count
        switch call.name {
        case let name where Self.ofRows.contains(name) && count > 0:
            throw JudgementError("\(name) counts rows and takes no column; a condition goes into 'filter'")
        case let name where Self.ofColumns.contains(name) && count != 1:
            throw JudgementError("\(name) takes one column, as in \(name)(price); here are \(count)")
        case let name where Self.ofKeys.contains(name) && count == 0:
            throw JudgementError("\(name) takes one column or more, as in \(name)(sku, region)")
        case let name where Self.ofFractions.contains(name):
            guard count == 2, let fraction = Double(call.arguments[1]), (0...1).contains(fraction) else {
                throw JudgementError("\(name) takes a column and a fraction from 0 to 1, as in \(name)(price, 0.95)")
            }
        default: break
        }
    }
}
