/// Values that must be, or must not be, among those of another table.
struct ReferenceKind: CheckKind {
    let dataset: Dataset
    let columns: [String]
    let table: String
    let targets: [String]
    let mustExist: Bool

    var measurements: [Measurement] { [.firstRow("SELECT COUNT(*) \(offending)")] }

    func judge(
        _ measured: [Measured], _ limits: CheckThresholds, _ context: JudgementContext
    ) throws(JudgementError) -> Judgement {
        guard case .integer(let count) = measured[0].first else { throw JudgementError("the rows were not counted") }
        return Judgement(outcome: count > 0 ? .fail : .pass, value: .integer(count))
    }

    var offendingRows: String? { "SELECT source.* \(offending)" }

    /// A row offends if any of its values does; a null refers to nothing and never offends.
    private var offending: String {
        let pairs = zip(columns, targets).map { (source: "source.\($0)", target: "target.\($1)") }
        let join = pairs.map { "\($0.source) = \($0.target)" }.joined(separator: " AND ")
        let test = mustExist ? "IS NULL" : "IS NOT NULL"
        let condition = pairs.map { "(\($0.source) IS NOT NULL AND \($0.target) \(test))" }.joined(separator: " OR ")
        return "FROM \(dataset.item(as: "source")) LEFT JOIN \(table) AS target ON \(join) WHERE \(condition)"
    }
}

/// A table that must have as many rows as another.
struct RowCountSameKind: CheckKind {
    let dataset: Dataset
    let other: Dataset

    var measurements: [Measurement] {
        [.aggregate(dataset, SQLText.count(where: nil)), .aggregate(other, SQLText.count(where: nil))]
    }

    func judge(
        _ measured: [Measured], _ limits: CheckThresholds, _ context: JudgementContext
    ) throws(JudgementError) -> Judgement {
        guard case .integer(let ours) = measured[0].first, case .integer(let others) = measured[1].first else {
            throw JudgementError("the rows were not counted")
        }
        let diagnostics = [
            CheckDiagnostic(name: "row_count", text: "\(ours)"),
            CheckDiagnostic(name: "other_row_count", text: "\(others)"),
        ]
        return Judgement(
            outcome: ours == others ? .pass : .fail, value: .integer(ours - others), diagnostics: diagnostics)
    }
}
