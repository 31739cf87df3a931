import ByteText
import ConfigurationReading
import Yams

/// Reads a file section by section: first the variables, then what checks refer to, then the checks.
struct CheckFileParser {
    private let name: String
    private var reader: ConfigurationReader
    private var problems: [CheckProblem] = []
    private var checks: [CheckDefinition] = []
    private var templates: [DatasetTemplate] = []
    private var filters: [FilterKey: String] = [:]
    private var warnings: [CheckProblem] = []
    /// Rules by table and column.
    private var rules: [ByteText: [ByteText: ValueRules]] = [:]
    /// Names to which the caller has given values.
    private let given: Set<String>

    init(name: String, variables: [String: String]) {
        self.name = name
        given = Set(variables.keys)
        reader = ConfigurationReader(file: name, variables: variables)
    }

    var file: CheckFile {
        let sorted = (problems + reader.problems).sorted {
            ($0.location.line, $0.location.column) < ($1.location.line, $1.location.column)
        }
        return CheckFile(
            name: name, problems: sorted, warnings: warnings, checks: checks, templates: templates,
            variables: reader.variables)
    }

    mutating func parse(_ text: String) {
        do throws(CheckProblem) {
            guard let root = try reader.compose(text) else {
                throw CheckProblem(
                    location: CheckLocation(file: name, line: 1, column: 1), message: "the file is empty; add checks")
            }
            guard case .mapping(let mapping) = root else {
                throw CheckProblem(
                    location: reader.location(of: root),
                    message: "a file of checks starts with sections such as 'checks for T:'")
            }
            parse(mapping.map { ($0.key, $0.value) })
        } catch {
            problems.append(error)
        }
    }

    private mutating func parse(_ entries: [(key: Node, value: Node)]) {
        var sections: [(SectionHeader, ConfigurationNode)] = []
        let isVariables = { (node: Node) in node.scalar?.string.bytes == "variables" }
        for (key, value) in entries.filter({ isVariables($0.key) }) + entries.filter({ !isVariables($0.key) }) {
            do {
                guard let section = try section(key, value) else { continue }
                if case .variables = section.0 { try addVariables(section.1) } else { sections.append(section) }
            } catch {
                problems.append(error)
            }
        }
        for (header, node) in sections {
            switch header {
            case .filter, .configurations: noting { parser throws(CheckProblem) in try parser.define(header, node) }
            default: break
            }
        }
        for (header, node) in sections {
            noting { parser throws(CheckProblem) in try parser.addChecks(header, node) }
        }
    }

    private mutating func section(
        _ key: Node, _ value: Node
    ) throws(CheckProblem) -> (SectionHeader, ConfigurationNode)? {
        let title = try reader.read(key)
        guard let text = title.text else { throw title.problem("the name of a section is a text") }
        let header: SectionHeader
        do {
            header = try SectionHeader.parse(text)
        } catch {
            throw title.problem("'\(text)': \(error.message)")
        }
        if case .passedOver = header {
            warnings.append(
                title.problem("'\(text)' is passed over: it asks Soda's service to look at data, and checks nothing"))
            return nil
        }
        var reader = reader
        if case .forEachDataset(let alias) = header { reader.variables[alias] = DatasetTemplate.placeholder }
        let node = try reader.read(value)
        reader.variables = self.reader.variables
        self.reader = reader
        return (header, node)
    }

    private mutating func noting(_ body: (inout CheckFileParser) throws(CheckProblem) -> Void) {
        do {
            try body(&self)
        } catch {
            problems.append(error)
        }
    }

    private mutating func addVariables(_ node: ConfigurationNode) throws(CheckProblem) {
        guard let map = node.map else {
            throw node.problem("'variables' must give values by name, such as REGION: eu-west-1")
        }
        for entry in map {
            guard let text = entry.value.text else {
                throw entry.value.problem("the value of \(entry.key) must be a text")
            }
            if !given.contains(entry.key) { reader.variables[entry.key] = text }
        }
    }

    private mutating func define(_ header: SectionHeader, _ node: ConfigurationNode) throws(CheckProblem) {
        guard let map = node.map else { throw node.problem("this section is \(node.kind); write 'name: value' lines") }
        switch header {
        case .filter(let table, let name):
            guard map.count == 1, map[0].key.bytes == "where", let condition = map[0].value.text else {
                throw node.problem("a filter has one option, 'where', with a condition of SQL")
            }
            filters[FilterKey(table: table, name: name)] = SQLText.ended(condition.bytes.trimmed.string)
        case .configurations(let table):
            for entry in map { try addRule(entry, table: table) }
        default: break
        }
    }

    private mutating func addRule(_ entry: ConfigurationNode.Entry, table: String) throws(CheckProblem) {
        guard let (option, column) = entry.key.bytes.cut(at: " for ").map({ ($0.trimmed.string, $1.trimmed) }) else {
            throw CheckProblem(
                location: entry.location, message: "write for which column, as in 'valid values for currency: [USD]'")
        }
        guard ValueRulesReader.options.contains(option) else {
            throw CheckProblem(
                location: entry.location,
                message: "'\(option)' is no rule of a column; known are "
                    + ValueRulesReader.options.sorted().joined(separator: ", ") + "."
                    + NameSuggestion.question(option, among: ValueRulesReader.options.sorted()))
        }
        try ValueRulesReader.read(
            option, entry.value, into: &rules[table.bytes, default: [:]][column, default: ValueRules()])
    }

    private mutating func addChecks(_ header: SectionHeader, _ node: ConfigurationNode) throws(CheckProblem) {
        switch header {
        case .checks(let table, let filter):
            var dataset = Dataset(table: table)
            if let filter {
                guard let condition = filters[FilterKey(table: table, name: filter)] else {
                    throw node.problem("no section 'filter \(table) [\(filter)]' says what '\(filter)' is; add one")
                }
                dataset.filterName = filter
                dataset.filter = condition
            }
            try add(list(node), to: dataset)
        case .looseChecks: try add(list(node), to: nil)
        case .forEachDataset: try addTemplate(node)
        case .filter, .configurations, .variables, .passedOver: break
        }
    }

    private mutating func add(_ nodes: [ConfigurationNode], to dataset: Dataset?) throws(CheckProblem) {
        let parser = CheckParser(
            dataset: dataset, columnRules: dataset.flatMap { rules[$0.table.bytes] } ?? [:], filters: filters)
        for node in nodes {
            noting { file throws(CheckProblem) in
                guard let check = try parser.check(node) else { return }
                file.checks.append(check)
                file.warnings += check.warnings
            }
        }
    }

    private mutating func addTemplate(_ node: ConfigurationNode) throws(CheckProblem) {
        var options = try CheckOptionSet(line: "for each dataset", location: node.location, node)
        let patterns = options.take("datasets") ?? options.take("tables")
        let nodes = options.take("checks")
        try options.finish()
        guard let names = patterns?.list?.compactMap(\.text), !names.isEmpty, let nodes else {
            throw node.problem("it needs 'datasets' with a list of names or patterns with %, and 'checks' with a list")
        }
        func without(_ word: String, _ name: String) -> String? {
            name.bytes.withoutStart("\(word) ".bytes)?.string
        }
        let excludes = names.compactMap { without("exclude", $0) }
        let includes = names.filter { without("exclude", $0) == nil }.map { without("include", $0) ?? $0 }
        let template = DatasetTemplate(
            includes: includes.isEmpty ? ["%"] : includes, excludes: excludes, location: node.location,
            checks: try list(nodes))
        // What is wrong with a check is wrong for every table.
        let (checks, problems) = template.checks(for: DatasetTemplate.placeholder)
        self.problems += problems
        warnings += checks.flatMap(\.warnings)
        templates.append(template)
    }

    private func list(_ node: ConfigurationNode) throws(CheckProblem) -> [ConfigurationNode] {
        guard let list = node.list, !list.isEmpty else {
            throw node.problem("the checks of this section are \(node.kind); write a list, such as - row_count > 0")
        }
        return list
    }
}
