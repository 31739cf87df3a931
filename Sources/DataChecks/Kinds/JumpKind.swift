/// Values that differ too much from those of the same keys in an earlier table.
///
/// Rows whose key has a null in it, and keys of one table only, are not compared.
struct JumpKind: CheckKind {
    let dataset: Dataset
    let column: String
    let keys: [String]
    let previous: String
    /// How much a value may differ, in percent of the earlier one.
    let limitPercent: Double
    let samples: Int

    var measurements: [Measurement] { [.offending(query, samples: samples, needs: previous)] }

    func judge(
        _ measured: [Measured], _ limits: CheckThresholds, _ context: JudgementContext
    ) throws(JudgementError) -> Judgement {
        guard !measured[0].isAbsent else {
            return Judgement(outcome: .notEvaluated, message: "there is no table \(previous) to compare with yet")
        }
        return measured[0].offendingJudgement(limits)
    }

    private var query: String {
        let join = keys.map { "current.\($0) = previous.\($0)" }.joined(separator: " AND ")
        let keys = keys.map { "current.\($0)" }.joined(separator: ", ")
        let now = "current.\(column)"
        let before = "previous.\(column)"
        return """
            SELECT \(keys), \(before) AS previous, \(now) AS current, \
            CASE WHEN \(before) <> 0 THEN ROUND((\(now) - \(before))::numeric * 100 / ABS(\(before))::numeric, 2) END \
            AS percent \
            FROM \(dataset.item(as: "current")) JOIN \(previous) AS previous ON \(join) \
            WHERE \(now) <> \(before) AND ABS(\(now) - \(before)) * 100 > ABS(\(before)) * \(limitPercent) \
            ORDER BY 1
            """
    }
}
