import ByteText

/// Checks of numbers.
extension CheckParser {
    func metric(
        _ call: MetricCall, _ written: WrittenThreshold?, _ options: inout CheckOptionSet
    ) throws(CheckProblem) -> (any CheckKind, CheckThresholds) {
        if call.name == "freshness" { return try freshness(call, written, &options) }
        let limits = try LimitsReader.require(written, &options)
        let (formula, offending) = try formula(call, &options)
        return (MetricKind(formula: formula, offendingRows: offending), limits)
    }

    /// The number that a metric stands for, and a query for the rows that count.
    func formula(
        _ call: MetricCall, _ options: inout CheckOptionSet
    ) throws(CheckProblem) -> (formula: Formula, offending: String?) {
        let filter = try options.sql("filter")
        let rows = try options.sql("failed rows query").map(SQLText.withoutSemicolon)
        if let sql = try options.sql("\(call.name) query") {
            if filter != nil { throw problem(options, "a filter has no effect on a query; put it into the query") }
            return (.lastOfRow(SQLText.withoutSemicolon(sql)), rows)
        }
        guard let dataset else {
            throw problem(options, "a check without a table needs '\(call.name) query', or move it to 'checks for T'")
        }
        if let expression = try options.sql("\(call.name) expression") {
            guard filter == nil else {
                throw problem(options, "a filter has no effect on an expression; put it in as CASE WHEN … THEN … END")
            }
            return (.single(.aggregate(dataset, expression)), rows)
        }
        if call.name == "share" { return try share(dataset, filter, &options) }
        guard BuiltInMetric.names.contains(call.name) else { throw unknown(call, options) }
        var rules = ValueRules()
        for entry in options.take(where: ValueRulesReader.options.contains) {
            try ValueRulesReader.read(entry.key, entry.value, into: &rules)
        }
        rules = rules.completed(by: call.arguments.first.flatMap { columnRules[$0.bytes] })
        if ["invalid_count", "invalid_percent"].contains(call.name), rules.invalid("") == nil {
            options.warn(
                "no option says what is valid, so no value is invalid; add 'valid values', 'valid format', 'valid min' "
                    + "or another one")
        }
        let metric = BuiltInMetric(dataset: dataset, call: call, filter: filter, rules: rules)
        do {
            return (try metric.formula(), rows ?? metric.offendingRows())
        } catch {
            throw problem(options, error.message)
        }
    }

    private func share(
        _ dataset: Dataset, _ filter: String?, _ options: inout CheckOptionSet
    ) throws(CheckProblem) -> (formula: Formula, offending: String?) {
        let condition = SQLText.ended(try options.required("condition", "price = 0"))
        let part = Measurement.aggregate(dataset, SQLText.count(where: SQLText.all([condition, filter])))
        let whole = Measurement.aggregate(dataset, SQLText.count(where: filter))
        return (.percent(part: part, whole: whole), "SELECT * \(dataset.from(where: SQLText.all([condition, filter])))")
    }

    private func freshness(
        _ call: MetricCall, _ written: WrittenThreshold?, _ options: inout CheckOptionSet
    ) throws(CheckProblem) -> (any CheckKind, CheckThresholds) {
        guard let dataset, (1...2).contains(call.arguments.count) else {
            throw problem(options, "freshness is about one column of a table, as in freshness(effective_from) < 1d")
        }
        var limits = try LimitsReader.require(written, &options, needsDuration: true)
        for range in [limits.warn, limits.fail].compactMap(\.self)
        where (range.greaterThan ?? range.greaterThanOrEqual) == nil {
            throw problem(options, "rows are never too fresh: let freshness pass below a time, as in freshness(c) < 1d")
        }
        // An age of exactly the bound passes.
        limits.warn = limits.warn.map(Self.strictly)
        limits.fail = limits.fail.map(Self.strictly)
        let kind = FreshnessKind(
            dataset: dataset, column: call.arguments[0], filter: try options.sql("filter"),
            variable: call.arguments.count > 1 ? call.arguments[1] : "NOW")
        return (kind, limits)
    }

    private static func strictly(_ range: CheckThreshold) -> CheckThreshold {
        CheckThreshold(greaterThan: range.greaterThanOrEqual ?? range.greaterThan)
    }

    private func unknown(_ call: MetricCall, _ options: CheckOptionSet) -> CheckProblem {
        let metrics = BuiltInMetric.names.sorted().joined(separator: ", ")
        return problem(
            options,
            "'\(call.name)' is no check and no metric; known are \(metrics), freshness, share, change, schema, failed "
                + "rows, group by, reference, tiers and jump; a metric of your own needs the option "
                + "'\(call.name) expression' or '\(call.name) query'")
    }

    func problem(_ options: CheckOptionSet, _ message: String) -> CheckProblem {
        CheckProblem(location: options.location, message: "'\(options.line)': \(message)")
    }
}
