import ByteText

/// The age of the newest row.
struct FreshnessKind: CheckKind {
    let dataset: Dataset
    let column: String
    let filter: String?
    /// The variable that holds the time to count from.
    let variable: String

    var measurements: [Measurement] {
        [.aggregate(dataset, "MAX(\(filter.map { "CASE WHEN \($0) THEN \(column) END" } ?? column))")]
    }

    func judge(
        _ measured: [Measured], _ limits: CheckThresholds, _ context: JudgementContext
    ) throws(JudgementError) -> Judgement {
        let now = try now(context)
        switch measured[0].first {
        case .null:
            return Judgement(
                outcome: .fail, diagnostics: [CheckDiagnostic(name: "max_column_timestamp", text: "none")])
        case .other(let text, PostgresType.date), .other(let text, PostgresType.timestamp),
            .other(let text, PostgresType.timestampWithZone):
            guard var newest = TimestampText.microseconds(text) else {
                throw JudgementError("max(\(column)) is '\(text)', which is no day that can be compared")
            }
            // A day lasts until its end.
            if !text.bytes.holds(":") { newest += 86_400_000_000 - 1 }
            let age = Double(now - newest) / 1e6
            let diagnostics = [
                CheckDiagnostic(name: "max_column_timestamp", text: text),
                CheckDiagnostic(name: "freshness", text: TimestampText.age(seconds: age)),
            ]
            return Judgement(
                outcome: limits.outcome(of: .number(age)),
                value: .integer(Int((age * 1000).rounded(.toNearestOrEven))), diagnostics: diagnostics)
        default:
            throw JudgementError("max(\(column)) is no time; freshness takes a date or timestamp column")
        }
    }

    private func now(_ context: JudgementContext) throws(JudgementError) -> Int {
        guard let text = context.variables[variable] else {
            if variable == "NOW" { return Int((context.now * 1e6).rounded()) }
            throw JudgementError("the variable \(variable), the time to count from, has no value; set it")
        }
        guard let time = TimestampText.microseconds(text) else {
            throw JudgementError(
                "the variable \(variable) is '\(text)'; write a time such as 2025-04-21T10:00:00+00:00")
        }
        return time
    }
}
