/// Checks of every group that a query returns.
struct GroupByKind: CheckKind {
    /// A check of a value that each group has.
    struct GroupCheck: Sendable {
        let name: String
        /// The column of the query that holds the value.
        let metric: String
        let limits: CheckThresholds
        let location: CheckLocation
    }

    let query: String
    let fields: [String]
    let checks: [GroupCheck]
    let groupLimit: Int

    var measurements: [Measurement] { [.rows(query, limit: groupLimit)] }

    func judge(
        _ measured: [Measured], _ limits: CheckThresholds, _ context: JudgementContext
    ) throws(JudgementError) -> Judgement {
        let result = measured[0]
        guard result.rows.count <= groupLimit else {
            throw JudgementError("the query returns more than \(groupLimit) groups; raise 'group_limit' or group less")
        }
        var columns: [String: Int] = [:]
        for (index, name) in result.columns.enumerated() { columns[name] = index }
        func index(_ name: String) throws(JudgementError) -> Int {
            guard let index = columns[name] else {
                throw JudgementError(
                    "the query returns no column '\(name)', but \(result.columns.joined(separator: ", "))")
            }
            return index
        }
        var fieldIndexes: [Int] = []
        for field in fields { fieldIndexes.append(try index(field)) }
        var groups: [GroupJudgement] = []
        for row in result.rows {
            let group = fieldIndexes.map { row[$0].text ?? "None" }.joined(separator: ",")
            for check in checks {
                let value = try row[try index(check.metric)].checkValue()
                groups.append(
                    GroupJudgement(
                        name: "\(check.name) [\(group)]", limits: check.limits, location: check.location,
                        outcome: value.map { check.limits.outcome(of: $0) } ?? .notEvaluated, value: value))
            }
        }
        let hasFailure = groups.contains { $0.outcome == .fail }
        return Judgement(outcome: hasFailure ? .fail : .pass, groups: groups)
    }
}
