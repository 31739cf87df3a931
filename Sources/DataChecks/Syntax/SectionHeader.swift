import ByteText

/// What the key of a file's top level says.
enum SectionHeader: Sendable, Hashable {
    case checks(table: String, filter: String?)
    /// Checks without a table: failed rows and metrics by a query of their own.
    case looseChecks
    case filter(table: String, name: String)
    case configurations(table: String)
    case forEachDataset(alias: String)
    case variables
    /// A section that asks Soda's service to look at data, and checks nothing.
    case passedOver

    static func parse(_ line: String) throws(LineError) -> SectionHeader {
        var scanner = LineScanner(line)
        if line.bytes == "checks" { return .looseChecks }
        if line.bytes == "variables" { return .variables }
        if serviceSections.contains(where: { line.bytes.hasStart($0) }) { return .passedOver }
        if scanner.accept(words: "checks", "for") {
            let table = try scanner.qualifiedIdentifier("a table")
            let filter = try scanner.bracketed("the filter's name")
            try scanner.expectEnd()
            return .checks(table: table, filter: filter)
        }
        if scanner.accept(words: "filter") {
            let table = try scanner.qualifiedIdentifier("a table")
            guard let name = try scanner.bracketed("the filter's name") else {
                throw scanner.error("expected a name, as in filter T [new]")
            }
            try scanner.expectEnd()
            return .filter(table: table, name: name)
        }
        if scanner.accept(words: "configurations", "for") {
            let table = try scanner.qualifiedIdentifier("a table")
            try scanner.expectEnd()
            return .configurations(table: table)
        }
        if scanner.accept(words: "for", "each", "dataset") || scanner.accept(words: "for", "each", "table") {
            let alias = try scanner.identifier("a name for the table")
            try scanner.expectEnd()
            return .forEachDataset(alias: alias)
        }
        if scanner.accept(words: "for", "each", "column") {
            throw scanner.error("SodaCL's checks for each column; write 'checks for T' with a check of each column")
        }
        throw scanner.error(
            "unknown section; known are 'checks for T', 'checks for T [filter]', 'filter T [name]', "
                + "'configurations for T', 'for each dataset D', 'checks' and 'variables'")
    }

    private static let serviceSections: [ByteText] = [
        "automated monitoring", "discover datasets", "discover tables", "profile columns", "sample datasets",
        "sample tables",
    ]
}
