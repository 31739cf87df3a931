/// Reads a check of a schema.
enum SchemaRulesReader {
    static func kind(_ table: String, _ options: inout CheckOptionSet) throws(CheckProblem) -> SchemaKind {
        let warn = try options.take("warn").map(rules)
        let fail = try options.take("fail").map(rules)
        guard warn != nil || fail != nil else {
            throw CheckProblem(
                location: options.location,
                message:
                    "'schema' needs 'warn' or 'fail' below it, with conditions such as when required column missing")
        }
        return SchemaKind(table: table, warn: warn, fail: fail)
    }

    private static func rules(_ node: ConfigurationNode) throws(CheckProblem) -> SchemaRules {
        guard let map = node.map, !map.isEmpty else {
            throw node.problem("conditions of a schema are a mapping, such as when required column missing: [sku]")
        }
        var rules = SchemaRules()
        for entry in map {
            switch entry.key {
            case "when required column missing": rules.required = try names(entry)
            case "when forbidden column present": rules.forbidden = try names(entry)
            case "when wrong column type": rules.types = try types(entry)
            case "when mismatching columns":
                rules.types = try types(entry)
                rules.isExact = true
            case "with optional columns": rules.optional = Set(try names(entry))
            case "when wrong column index": rules.indexes = try indexes(entry)
            case "when schema changes": rules.changes = try changes(entry)
            default:
                throw CheckProblem(
                    location: entry.location,
                    message: "'\(entry.key)' is no condition of a schema; known are when required column missing, when "
                        + "forbidden column present, when wrong column type, when wrong column index, when "
                        + "mismatching columns, with optional columns and when schema changes")
            }
        }
        guard rules.optional.isEmpty || rules.isExact else {
            throw node.problem("'with optional columns' belongs to 'when mismatching columns'")
        }
        return rules
    }

    private static func names(_ entry: ConfigurationNode.Entry) throws(CheckProblem) -> [String] {
        let names = entry.value.list?.compactMap(\.text) ?? []
        guard !names.isEmpty, names.count == entry.value.list?.count else {
            throw entry.value.problem("'\(entry.key)' must be a list of names, such as [sku, price]")
        }
        return names
    }

    private static func types(_ entry: ConfigurationNode.Entry) throws(CheckProblem) -> [String: String?] {
        guard let map = entry.value.map, !map.isEmpty else {
            throw entry.value.problem("'\(entry.key)' must name types by column, such as price: numeric")
        }
        var types: [String: String?] = [:]
        for column in map {
            if case .null = column.value.value {
                types[column.key] = .some(nil)
            } else if let text = column.value.text {
                types[column.key] = text
            } else {
                throw column.value.problem("the type of \(column.key) must be a text")
            }
        }
        return types
    }

    private static func indexes(_ entry: ConfigurationNode.Entry) throws(CheckProblem) -> [String: Int] {
        guard let map = entry.value.map, !map.isEmpty else {
            throw entry.value.problem("'\(entry.key)' must give numbers by column, from 0, such as sku: 0")
        }
        var indexes: [String: Int] = [:]
        for column in map {
            guard let index = column.value.text.flatMap(Int.init), index >= 0 else {
                throw column.value.problem("the number of \(column.key) must be a whole number, from 0")
            }
            indexes[column.key] = index
        }
        return indexes
    }

    private static func changes(_ entry: ConfigurationNode.Entry) throws(CheckProblem) -> Set<SchemaRules.Change> {
        if entry.value.text == "any" { return Set(SchemaRules.Change.allCases) }
        let changes = entry.value.list?.compactMap { $0.text.flatMap(SchemaRules.Change.init) } ?? []
        guard !changes.isEmpty, changes.count == entry.value.list?.count else {
            let known = SchemaRules.Change.allCases.map(\.rawValue).joined(separator: ", ")
            throw entry.value.problem("'\(entry.key)' must be 'any' or a list of: \(known)")
        }
        return Set(changes)
    }
}
