/// How much a number differs from the last good runs.
struct ChangeKind: CheckKind {
    let formula: Formula
    let base: ChangeBase

    var measurements: [Measurement] { formula.measurements }

    func judge(
        _ measured: [Measured], _ limits: CheckThresholds, _ context: JudgementContext
    ) throws(JudgementError) -> Judgement {
        guard let history = context.history else {
            throw JudgementError("there is no history to compare with; run the checks with one")
        }
        guard let value = try formula.value(measured) else {
            return Judgement(outcome: .notEvaluated, message: "there is no value: no row has one")
        }
        guard let before = earlier(history, now: context.now) else {
            return Judgement(outcome: .notEvaluated, message: "no good run has measured this yet")
        }
        let diagnostics = [
            CheckDiagnostic(name: "metric_value", text: "\(value)"),
            CheckDiagnostic(name: "historic_value", text: "\(before)"),
        ]
        guard let change = change(from: before, to: value) else {
            return Judgement(
                outcome: .notEvaluated, diagnostics: diagnostics,
                message: "the earlier value is 0: there is no percent of it")
        }
        return Judgement(outcome: limits.outcome(of: change), value: change, diagnostics: diagnostics)
    }

    private func earlier(_ history: MetricsHistory, now: Double) -> Double? {
        guard let last = base.last else { return history.goodValue(formula.identity, near: now - 7 * 86_400) }
        let values = history.goodValues(formula.identity, last: last)
        guard !values.isEmpty else { return nil }
        switch base.aggregation {
        case .avg: return values.reduce(0, +) / Double(values.count)
        case .min: return values.min()
        case .max: return values.max()
        }
    }

    private func change(from before: Double, to value: CheckValue) -> CheckValue? {
        let difference = value.double - before
        if base.isPercent {
            if before == 0 { return difference == 0 ? .integer(0) : nil }
            return .number(difference / before * 100)
        }
        if case .integer = value, difference == difference.rounded(), abs(difference) < 1e15 {
            return .integer(Int(difference))
        }
        return .number(difference)
    }
}
