/// What the key of a file's top level says.
enum SectionHeader: Sendable, Hashable {
    case checks(table: String, filter: String?)
    /// Checks without a table: failed rows and metrics by a query of their own.
    case looseChecks
    case filter(table: String, name: String)
    case configurations(table: String)
    case forEachDataset(alias: String)
    case variables

    static func parse(_ line: String) throws(LineError) -> SectionHeader {
        var scanner = LineScanner(line)
        if line == "checks" { return .looseChecks }
        if line == "variables" { return .variables }
        if scanner.accept(words: "checks", "for") {
            let table = try scanner.qualifiedIdentifier("a table")
            let filter = try bracketed(&scanner)
            try scanner.expectEnd()
            return .checks(table: table, filter: filter)
        }
        if scanner.accept(words: "filter") {
            let table = try scanner.qualifiedIdentifier("a table")
            guard let name = try bracketed(&scanner) else {
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
        throw scanner.error(
            "unknown section; known are 'checks for T', 'checks for T [filter]', 'filter T [name]', "
                + "'configurations for T', 'for each dataset D', 'checks' and 'variables'")
    }

    private static func bracketed(_ scanner: inout LineScanner) throws(LineError) -> String? {
        guard scanner.accept("[") else { return nil }
        let name = try scanner.identifier("the name of a filter")
        try scanner.expect("]", "after the filter's name")
        return name
    }
}
