import ByteText
import PostgresClient

/// Checks for every table whose name is like one of some patterns.
struct DatasetTemplate: Sendable {
    /// Patterns of LIKE; a table must be like one of these.
    let includes: [String]
    /// And like none of these.
    let excludes: [String]
    let location: CheckLocation
    /// The checks' nodes, with `placeholder` where the table's name belongs.
    let checks: [ConfigurationNode]

    /// A name that no table has.
    static let placeholder = "dataset_placeholder_e7a1c4"

    /// The names of the tables, sorted.
    var tablesQuery: String {
        let alike = includes.map { "table_name LIKE \(PostgresSyntax.literal($0.lowercased()))" }.joined(
            separator: " OR ")
        let unlike = excludes.map { " AND table_name NOT LIKE \(PostgresSyntax.literal($0.lowercased()))" }.joined()
        return """
            SELECT table_name FROM information_schema.tables \
            WHERE table_schema = ANY (current_schemas(false)) AND (\(alike))\(unlike) ORDER BY table_name
            """
    }

    static let maximumTables = 1000

    /// The checks for one table.
    func checks(for table: String) -> (checks: [CheckDefinition], problems: [CheckProblem]) {
        // As SQL writes it: what stands for the table may be in a query.
        let table = Self.isPlain(table) ? table : PostgresSyntax.identifier(table)
        let parser = CheckParser(dataset: Dataset(table: table), columnRules: [:], filters: [:])
        var found: [CheckDefinition] = []
        var problems: [CheckProblem] = []
        for node in checks {
            do {
                if let check = try parser.check(node.replaced(Self.placeholder, with: table)) { found.append(check) }
            } catch {
                problems.append(error)
            }
        }
        return (found, problems)
    }

    private static func isPlain(_ table: String) -> Bool {
        table.utf8.first.map(ByteText.isDigit) == false
            && table.utf8.allSatisfy { (0x61...0x7A).contains($0) || ByteText.isDigit($0) || $0 == UInt8(ascii: "_") }
    }
}

extension ConfigurationNode {
    /// The node with one text in place of another in all of its texts.
    func replaced(_ old: String, with new: String) -> ConfigurationNode {
        let value: Value =
            switch value {
            case .scalar(let text, let isPlain):
                .scalar(text.bytes.replaced(old.bytes, with: new.bytes), isPlain: isPlain)
            case .list(let nodes): .list(nodes.map { $0.replaced(old, with: new) })
            case .map(let entries):
                .map(
                    entries.map {
                        Entry(
                            key: $0.key.bytes.replaced(old.bytes, with: new.bytes), location: $0.location,
                            value: $0.value.replaced(old, with: new))
                    })
            case .null: .null
            }
        return ConfigurationNode(value: value, location: location)
    }
}
