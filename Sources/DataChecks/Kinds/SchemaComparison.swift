import ByteText

/// The columns of a table beside what they must be like, and what they were.
package struct SchemaComparison {
    let columns: [SchemaColumn]
    let before: [SchemaColumn]

    /// Everything that rules forbid, each in a few words.
    func offences(_ rules: SchemaRules) -> [String] {
        let typed = rules.types.keys.sorted()
        let required = (rules.required + typed.filter { !Self.has(rules.optional, $0) }).reduce(into: [String]()) {
            if !Self.has($0, $1) { $0.append($1) }
        }
        var found = required.filter { type(of: $0) == nil }.map { "the column \($0) is missing" }
        let names = columns.map(\.name)
        found += names.filter { name in rules.forbidden.contains { Self.matches(name, $0) } }
            .map { "the column \($0) is forbidden" }
        if rules.isExact {
            found += names.filter { !Self.has(typed, $0) && !Self.has(rules.optional, $0) }
                .map { "the column \($0) is not expected" }
        }
        for name in typed {
            guard let expected = rules.types[name].flatMap(\.self), let actual = type(of: name),
                !Self.isSame(expected, actual)
            else { continue }
            found.append("the column \(name) is \(actual) instead of \(expected)")
        }
        for (name, index) in rules.indexes.sorted(by: { $0.key < $1.key }) {
            guard let actual = Self.place(of: name, in: names) else {
                found.append("the column \(name) is missing")
                continue
            }
            if actual != index { found.append("the column \(name) is number \(actual) instead of \(index)") }
        }
        return found + changes(rules.changes)
    }

    private func changes(_ forbidden: Set<SchemaRules.Change>) -> [String] {
        let names = columns.map(\.name)
        let old = before.map(\.name)
        var found: [String] = []
        if forbidden.contains(.add) {
            found += names.filter { !Self.has(old, $0) }.map { "the column \($0) was added" }
        }
        if forbidden.contains(.delete) {
            found += old.filter { !Self.has(names, $0) }.map { "the column \($0) was removed" }
        }
        for (index, column) in columns.enumerated() {
            guard let oldIndex = Self.place(of: column.name, in: old) else { continue }
            let oldType = before[oldIndex].type
            if forbidden.contains(.type), oldType != column.type {
                found.append("the column \(column.name) was \(oldType) and is \(column.type)")
            }
            if forbidden.contains(.index), oldIndex != index {
                found.append("the column \(column.name) was number \(oldIndex) and is \(index)")
            }
        }
        return found
    }

    private func type(of name: String) -> String? { columns.first { $0.name.bytes == name.bytes }?.type }

    /// Names of columns are bytes to the database.
    private static func has(_ names: some Sequence<String>, _ name: String) -> Bool {
        names.contains { $0.bytes == name.bytes }
    }

    private static func place(of name: String, in names: [String]) -> Int? {
        names.firstIndex { $0.bytes == name.bytes }
    }

    /// Other words for the types of the information schema.
    private static let synonyms: [String: Set<String>] = [
        "character varying": ["varchar", "text"],
        "double precision": ["decimal", "numeric"],
        "timestamp without time zone": ["timestamp"],
        "timestamp with time zone": ["timestamptz"],
    ]

    package static func isSame(_ expected: String, _ actual: String) -> Bool {
        let expected = expected.lowercased().bytes.words.map(\.string).joined(separator: " ")
        return expected == actual.lowercased() || synonyms[actual]?.contains(expected) == true
            || synonyms[expected]?.contains(actual) == true
    }

    /// Whether a name starts as a pattern says, in which `%` and `*` stand for any characters.
    package static func matches(_ name: String, _ pattern: String) -> Bool {
        let parts = pattern.utf8.split(omittingEmptySubsequences: false) { "%*".utf8.contains($0) }
            .map { ByteText(Substring($0)) }
        guard let first = parts.first, var rest = name.bytes.withoutStart(first) else { return false }
        for part in parts.dropFirst() where !part.isEmpty {
            guard let (_, after) = rest.cut(at: part) else { return false }
            rest = after
        }
        return true
    }
}
