/// Turns measurements into results.
struct CheckJudge {
    /// What is known beside the database, by file.
    let contexts: [String: JudgementContext]
    let maximumSamples: Int
    /// The columns that were seen, by table.
    private(set) var schemas: [String: [SchemaColumn]] = [:]

    init(contexts: [String: JudgementContext], maximumSamples: Int) {
        self.contexts = contexts
        self.maximumSamples = maximumSamples
    }

    /// The result of a check, and those of its groups.
    mutating func results(of check: CheckDefinition, in session: inout MeasuringSession) -> [CheckResult] {
        do throws(JudgementError) {
            var measured: [Measured] = []
            for measurement in check.kind.measurements { measured.append(try session.result(of: measurement).get()) }
            guard let context = contexts[check.location.file] else {
                throw JudgementError("the check's file is unknown")
            }
            var judgement = try check.kind.judge(measured, check.limits, context)
            schemas.merge(judgement.schema) { first, _ in first }
            if judgement.samples == nil, judgement.outcome == .fail || judgement.outcome == .warn {
                judgement.samples = samples(of: check, in: &session)
            }
            return [result(of: check, judgement)] + judgement.groups.map { result(of: check, $0) }
        } catch {
            return [result(of: check, Judgement(outcome: .error, message: error.message))]
        }
    }

    private func samples(of check: CheckDefinition, in session: inout MeasuringSession) -> CheckSamples? {
        let limit = min(maximumSamples, check.samplesLimit ?? CheckParser.defaultSamples)
        guard limit > 0, let query = check.kind.offendingRows else { return nil }
        // The outcome is known without them: rows that cannot be shown are not worth an error.
        guard case .success(let measured) = session.result(of: .rows(query, limit: limit)) else { return nil }
        let rows = measured.rows.prefix(limit).map { $0.map(\.text) }
        return rows.isEmpty ? nil : CheckSamples(columns: measured.columns, rows: Array(rows), total: nil)
    }

    private func result(of check: CheckDefinition, _ judgement: Judgement) -> CheckResult {
        CheckResult(
            name: check.name, outcome: judgement.outcome, value: judgement.value, thresholds: check.limits,
            table: check.dataset?.table, filter: check.dataset?.filterName,
            location: check.location, diagnostics: judgement.diagnostics, samples: judgement.samples,
            message: judgement.message)
    }

    private func result(of check: CheckDefinition, _ group: GroupJudgement) -> CheckResult {
        CheckResult(
            name: group.name, outcome: group.outcome, value: group.value, thresholds: group.limits,
            table: check.dataset?.table, filter: check.dataset?.filterName,
            location: group.location, diagnostics: [], samples: nil, message: nil)
    }
}
