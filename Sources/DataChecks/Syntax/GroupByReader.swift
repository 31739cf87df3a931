/// Reads a check of groups.
enum GroupByReader {
    static func kind(_ options: inout CheckOptionSet) throws(CheckProblem) -> GroupByKind {
        let query = SQLText.withoutSemicolon(try options.required("query", "SELECT region, COUNT(*) AS rows FROM …"))
        let fields = try options.columns("fields")
        let limit = try options.whole("group_limit", in: 1...10_000) ?? 1000
        guard let node = options.take("checks") else {
            throw CheckProblem(location: options.location, message: "'group by' needs the option 'checks' with a list")
        }
        guard let list = node.list, !list.isEmpty else {
            throw node.problem("'checks' is \(node.kind); write a list of checks, such as - rows > 0")
        }
        var checks: [GroupByKind.GroupCheck] = []
        for element in list { checks.append(try check(element)) }
        return GroupByKind(query: query, fields: fields, checks: checks, groupLimit: limit)
    }

    private static func check(_ node: ConfigurationNode) throws(CheckProblem) -> GroupByKind.GroupCheck {
        guard let entry = node.map?.first, node.map?.count == 1 else {
            throw node.problem("a check of a group is a text with options below it, of which 'name' is needed")
        }
        var options = try CheckOptionSet(line: entry.key, location: entry.location, entry.value)
        options.dropNeutral()
        let name = try options.required("name", "rows of a region")
        let call: MetricCall
        let written: WrittenThreshold?
        do throws(LineError) {
            guard case .metric(let found, let threshold) = try CheckLine.parse(entry.key) else {
                throw LineError(message: "groups are checked by a column of the query and a threshold", offset: 0)
            }
            (call, written) = (found, threshold)
        } catch {
            throw CheckProblem(location: entry.location, message: "in '\(entry.key)': \(error.message)")
        }
        let limits = try LimitsReader.require(written, &options)
        try options.finish()
        return GroupByKind.GroupCheck(name: name, metric: call.name, limits: limits, location: entry.location)
    }
}
