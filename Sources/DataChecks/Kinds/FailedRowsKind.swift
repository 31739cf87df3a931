/// Rows that meet a condition, of which there should be none.
struct FailedRowsKind: CheckKind {
    let dataset: Dataset
    let condition: String

    var measurements: [Measurement] { [.aggregate(dataset, SQLText.count(where: "(\(condition))"))] }

    func judge(
        _ measured: [Measured], _ limits: CheckThresholds, _ context: JudgementContext
    ) throws(JudgementError) -> Judgement {
        guard case .integer(let count) = measured[0].first else { throw JudgementError("the rows were not counted") }
        return Judgement(outcome: limits.outcome(ofOffending: count), value: .integer(count))
    }

    var offendingRows: String? { "SELECT * \(dataset.from(where: condition))" }
}

/// Rows that a query finds, of which there should be none.
struct FailedRowsQueryKind: CheckKind {
    let query: String
    let samples: Int

    var measurements: [Measurement] { [.offending(query, samples: samples, needs: nil)] }

    func judge(
        _ measured: [Measured], _ limits: CheckThresholds, _ context: JudgementContext
    ) throws(JudgementError) -> Judgement {
        measured[0].offendingJudgement(limits)
    }
}

extension Measured {
    /// The judgement of a query for rows that should not be, with the first of them.
    func offendingJudgement(_ limits: CheckThresholds) -> Judgement {
        let outcome = limits.outcome(ofOffending: total)
        return Judgement(outcome: outcome, value: .integer(total), samples: outcome == .pass ? nil : samples)
    }

    /// The rows at hand as samples of all that there are.
    var samples: CheckSamples? {
        guard !rows.isEmpty else { return nil }
        return CheckSamples(columns: columns, rows: rows.map { $0.map(\.text) }, total: total)
    }
}
