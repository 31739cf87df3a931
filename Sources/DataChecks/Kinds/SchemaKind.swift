import PostgresClient

/// What a table's columns must be like.
struct SchemaRules: Sendable, Hashable {
    enum Change: String, Sendable, Hashable, CaseIterable {
        case add = "column add"
        case delete = "column delete"
        case type = "column type change"
        case index = "column index change"
    }

    var required: [String] = []
    /// Types by name; a column without one must only be there.
    var types: [String: String?] = [:]
    var indexes: [String: Int] = [:]
    var forbidden: [String] = []
    /// Whether only the columns with a type may be there.
    var isExact = false
    var optional: Set<String> = []
    var changes: Set<Change> = []
}

/// The columns of a table.
struct SchemaKind: CheckKind {
    let table: String
    let warn: SchemaRules?
    let fail: SchemaRules?

    var measurements: [Measurement] {
        [
            .rows(
                """
                SELECT column_name, data_type FROM information_schema.columns \
                WHERE (table_schema, table_name) = (SELECT n.nspname, c.relname FROM pg_class AS c \
                JOIN pg_namespace AS n ON n.oid = c.relnamespace \
                WHERE c.oid = \(PostgresSyntax.literal(table))::regclass) ORDER BY ordinal_position
                """, limit: 2000)
        ]
    }

    func judge(
        _ measured: [Measured], _ limits: CheckThresholds, _ context: JudgementContext
    ) throws(JudgementError) -> Judgement {
        let columns = measured[0].rows.map { SchemaColumn(name: $0[0].text ?? "", type: $0[1].text ?? "") }
        guard !columns.isEmpty else { throw JudgementError("the table \(table) has no columns that can be seen") }
        var judgement = Judgement(outcome: .pass, schema: [table: columns])
        let before = context.history?.goodSchema(table)
        if [warn, fail].contains(where: { $0?.changes.isEmpty == false }), before == nil {
            guard context.history != nil else {
                throw JudgementError("there is no history to compare the columns with; run the checks with one")
            }
            judgement.outcome = .notEvaluated
            judgement.message = "no good run has seen the columns yet"
            return judgement
        }
        let comparison = SchemaComparison(columns: columns, before: before ?? columns)
        let failures = fail.map(comparison.offences) ?? []
        let warnings = warn.map(comparison.offences) ?? []
        judgement.outcome = failures.isEmpty ? (warnings.isEmpty ? .pass : .warn) : .fail
        judgement.value = .integer(failures.count + warnings.count)
        judgement.diagnostics =
            failures.map { CheckDiagnostic(name: "fail", text: $0) }
            + warnings.map { CheckDiagnostic(name: "warn", text: $0) }
            + [CheckDiagnostic(name: "columns", text: columns.map { "\($0.name) \($0.type)" }.joined(separator: ", "))]
        return judgement
    }
}
