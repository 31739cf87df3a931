/// Checks that look for rows.
extension CheckParser {
    func failedRows(
        _ options: inout CheckOptionSet, samples: Int
    ) throws(CheckProblem) -> (any CheckKind, CheckThresholds) {
        let limits = try LimitsReader.read(nil, &options)
        let condition = try options.sql("fail condition")
        let query = try options.sql("fail query")
        switch (condition, query) {
        case (let condition?, nil):
            guard let dataset else {
                throw problem(options, "a condition is about a table; use 'fail query', or a section 'checks for T'")
            }
            return (FailedRowsKind(dataset: dataset, condition: condition), limits)
        case (nil, let query?):
            return (FailedRowsQueryKind(query: SQLText.withoutSemicolon(query), samples: samples), limits)
        default: throw problem(options, "it needs one of 'fail condition' and 'fail query'")
        }
    }

    func tiers(
        _ dataset: Dataset, _ options: inout CheckOptionSet, samples: Int
    ) throws(CheckProblem) -> (any CheckKind, CheckThresholds) {
        let limits = try LimitsReader.read(nil, &options)
        let kind = TiersKind(
            dataset: dataset, groups: try options.columns("group columns"),
            start: try options.column("start", "tier_start"), end: try options.column("end", "tier_end"),
            first: try options.number("first"), filter: try options.sql("filter"), samples: samples)
        return (kind, limits)
    }

    func jump(
        _ dataset: Dataset, _ options: inout CheckOptionSet, samples: Int
    ) throws(CheckProblem) -> (any CheckKind, CheckThresholds) {
        let limits = try LimitsReader.read(nil, &options)
        let column = try options.column("column", "price")
        let keys = try options.columns("key columns")
        let previous = try options.column("previous", "prices_before")
        guard let percent = try options.number("limit percent"), percent >= 0 else {
            throw problem(options, "it needs the option 'limit percent', a number that is not negative")
        }
        let kind = JumpKind(
            dataset: dataset, column: column, keys: keys, previous: previous, limitPercent: percent, samples: samples)
        return (kind, limits)
    }
}
