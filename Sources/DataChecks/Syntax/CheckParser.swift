import ByteText

/// Makes checks of the nodes of one section.
struct CheckParser {
    /// The rows that the section is about; nil in a section without a table.
    let dataset: Dataset?
    /// Rules of columns, by column.
    let columnRules: [ByteText: ValueRules]
    /// The named filters of the file: table and name to condition.
    let filters: [FilterKey: String]

    /// How many rows that do not pass are shown if the check says nothing.
    static let defaultSamples = 10

    /// One element of a section's list.
    ///
    /// - Returns: Nothing for what is no check.
    func check(_ node: ConfigurationNode) throws(CheckProblem) -> CheckDefinition? {
        switch node.value {
        case .scalar(let line, _): return try check(line, at: node.location, options: nil)
        case .map(let entries):
            guard let entry = entries.first else { throw node.problem("an empty mapping is no check") }
            if entry.key.bytes == "attributes" { return nil }
            guard entries.count == 1 else {
                throw entries[1].value.problem(
                    "'\(entries[1].key)' stands beside the check '\(entry.key)'; indent it to make it an option of it")
            }
            return try check(entry.key, at: entry.location, options: entry.value)
        default: throw node.problem("a check is a text, or a text with options below it; this is \(node.kind)")
        }
    }

    private func check(
        _ line: String, at location: CheckLocation, options node: ConfigurationNode?
    ) throws(CheckProblem) -> CheckDefinition {
        let line = line.bytes.trimmed.string
        var options = try CheckOptionSet(line: line, location: location, node)
        options.dropNeutral()
        let name = try options.text("name") ?? Self.name(line, node)
        let samples = try options.whole("samples limit", in: 0...1000)
        let (kind, limits) = try kind(try parsed(line, at: location), &options, samples: samples ?? Self.defaultSamples)
        try options.finish()
        return CheckDefinition(
            name: name, location: location, dataset: dataset, kind: kind, limits: limits, samplesLimit: samples,
            warnings: options.warnings)
    }

    /// A check without a name is called by its line, and by its limits if it has several.
    private static func name(_ line: String, _ node: ConfigurationNode?) -> String {
        var name = line
        for key in ["warn", "fail"] {
            if let text = node?.map?.first(where: { $0.key == key })?.value.text { name += " \(key) \(text)" }
        }
        return name
    }

    private func parsed(_ line: String, at location: CheckLocation) throws(CheckProblem) -> CheckLine {
        do {
            return try CheckLine.parse(line)
        } catch {
            let place = CheckLocation(
                file: location.file, line: location.line, column: location.column + error.offset)
            throw CheckProblem(location: place, message: "in '\(line)': \(error.message)")
        }
    }

    private func kind(
        _ line: CheckLine, _ options: inout CheckOptionSet, samples: Int
    ) throws(CheckProblem) -> (any CheckKind, CheckThresholds) {
        switch line {
        case .metric(let call, let written): return try metric(call, written, &options)
        case .failedRows: return try failedRows(&options, samples: samples)
        case .change(let base, let call, let written):
            let limits = try LimitsReader.require(written, &options)
            return (ChangeKind(formula: try formula(call, &options).formula, base: base), limits)
        default: break
        }
        guard let dataset else {
            throw CheckProblem(
                location: options.location,
                message: "'\(options.line)' is about a table; put it into a section 'checks for T'")
        }
        switch line {
        case .reference(let columns, let mustExist, let table, let targets):
            let kind = ReferenceKind(
                dataset: dataset, columns: columns, table: table, targets: targets, mustExist: mustExist)
            return (kind, CheckThresholds())
        case .rowCountSame(let table, let filter):
            let other = try named(table: table, filter: filter, at: options.location)
            return (RowCountSameKind(dataset: dataset, other: other), CheckThresholds())
        case .schema: return (try SchemaRulesReader.kind(dataset.table, &options), CheckThresholds())
        case .groupBy: return (try GroupByReader.kind(&options), CheckThresholds())
        case .tiers: return try tiers(dataset, &options, samples: samples)
        default: return try jump(dataset, &options, samples: samples)
        }
    }

    private func named(
        table: String, filter: String?, at location: CheckLocation
    ) throws(CheckProblem) -> Dataset {
        guard let filter else { return Dataset(table: table) }
        guard let condition = filters[FilterKey(table: table, name: filter)] else {
            throw CheckProblem(
                location: location,
                message: "no section 'filter \(table) [\(filter)]' says what '\(filter)' is; add one")
        }
        return Dataset(table: table, filterName: filter, filter: condition)
    }
}

/// A filter's table and name.
struct FilterKey: Sendable, Hashable {
    let table: ByteText
    let name: ByteText

    init(table: String, name: String) { (self.table, self.name) = (table.bytes, name.bytes) }
}
