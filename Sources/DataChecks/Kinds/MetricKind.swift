/// A number within bounds.
struct MetricKind: CheckKind {
    let formula: Formula
    /// A query for the rows that count, if there is one.
    var offendingRows: String?

    var measurements: [Measurement] { formula.measurements }

    func judge(
        _ measured: [Measured], _ limits: CheckThresholds, _ context: JudgementContext
    ) throws(JudgementError) -> Judgement {
        guard let value = try formula.value(measured) else {
            return Judgement(outcome: .notEvaluated, message: "there is no value: no row has one")
        }
        var diagnostics: [CheckDiagnostic] = []
        if case .percent = formula {
            diagnostics = [
                CheckDiagnostic(name: "count", text: measured[0].first.text ?? "0"),
                CheckDiagnostic(name: "row_count", text: measured[1].first.text ?? "0"),
            ]
        }
        return Judgement(outcome: limits.outcome(of: value), value: value, diagnostics: diagnostics)
    }
}
