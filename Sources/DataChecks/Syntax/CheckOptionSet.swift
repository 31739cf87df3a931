import ByteText
import ConfigurationReading

/// The options below a check's line; whoever reads one takes it, and what is left in the end nobody knows.
struct CheckOptionSet {
    let line: String
    let location: CheckLocation
    private var entries: [ConfigurationNode.Entry]
    /// What has been asked for, which is what may stand here.
    private var known: [String] = []
    private(set) var warnings: [CheckProblem] = []

    init(line: String, location: CheckLocation, _ node: ConfigurationNode?) throws(CheckProblem) {
        self.line = line
        self.location = location
        switch node?.value {
        case nil, .null: entries = []
        case .map(let map): entries = map
        default:
            guard let node else { fatalError("a value has a node") }
            throw node.problem("the options of '\(line)' are \(node.kind); write them as 'name: value' lines")
        }
    }

    mutating func take(_ key: String) -> ConfigurationNode? {
        if !known.contains(key) { known.append(key) }
        guard let index = entries.firstIndex(where: { $0.key.bytes == key.bytes }) else { return nil }
        return entries.remove(at: index).value
    }

    /// Takes every option whose key is accepted.
    mutating func take(where accepts: (String) -> Bool) -> [ConfigurationNode.Entry] {
        let taken = entries.filter { accepts($0.key) }
        entries.removeAll { accepts($0.key) }
        return taken
    }

    mutating func text(_ key: String) throws(CheckProblem) -> String? {
        guard let node = take(key) else { return nil }
        let text = node.text?.bytes.trimmed.string
        guard let text, !text.isEmpty else { throw node.problem("'\(key)' is \(node.kind); write a text") }
        return text
    }

    /// A text that is SQL, to be put into other SQL: a comment at its end ends with it.
    mutating func sql(_ key: String) throws(CheckProblem) -> String? { try text(key).map(SQLText.ended) }

    mutating func required(_ key: String, _ example: String) throws(CheckProblem) -> String {
        if let text = try text(key) { return text }
        throw missing(key, example)
    }

    mutating func whole(_ key: String, in range: ClosedRange<Int>) throws(CheckProblem) -> Int? {
        guard let node = take(key) else { return nil }
        guard let value = node.text.flatMap(Int.init), range.contains(value) else {
            throw node.problem("'\(key)' must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    mutating func number(_ key: String) throws(CheckProblem) -> Double? {
        guard let node = take(key) else { return nil }
        guard let value = node.text.flatMap(Double.init), value.isFinite else {
            throw node.problem("'\(key)' must be a number")
        }
        return value
    }

    /// A list of names of columns; one name may stand without a list.
    mutating func columns(_ key: String) throws(CheckProblem) -> [String] {
        guard let node = take(key) else { throw missing(key, "[sku, region]") }
        let nodes = node.list ?? [node]
        guard !nodes.isEmpty else { throw node.problem("'\(key)' is empty; name a column") }
        var names: [String] = []
        for node in nodes { names.append(try Self.column(node, key)) }
        return names
    }

    mutating func column(_ key: String, _ example: String) throws(CheckProblem) -> String {
        guard let node = take(key) else { throw missing(key, example) }
        return try Self.column(node, key)
    }

    /// An option that has to be there is not, unless it is misspelt.
    private func missing(_ key: String, _ example: String) -> CheckProblem {
        let message = "'\(line)' needs the option '\(key)', such as \(key): \(example)"
        let misspelt = entries.first { NameSuggestion.nearest(to: $0.key, among: [key]) != nil }
        guard let misspelt else { return CheckProblem(location: location, message: message) }
        return CheckProblem(
            location: misspelt.location,
            message: message + "; here is '\(misspelt.key)'." + NameSuggestion.question(misspelt.key, among: [key]))
    }

    private static func column(_ node: ConfigurationNode, _ key: String) throws(CheckProblem) -> String {
        var scanner = LineScanner(node.text ?? "")
        guard let name = try? scanner.qualifiedIdentifier("a column"), (try? scanner.expectEnd()) != nil else {
            throw node.problem("'\(key)' must name columns; write other names in double quotes within single ones")
        }
        return name
    }

    /// Options of SodaCL that exist and are not carried out here, and what to do instead.
    private static let unsupported = [
        "samples columns": "name the columns in 'fail query' or 'failed rows query'",
        "collect failed rows": "set 'samples limit: 0' for no rows",
        "method": "distributions are not checked; use percentiles or 'share'",
        "distribution reference file": "distributions are not checked; use percentiles or 'share'",
        "schema_name": "name the schema with the option of the run, or in the table's name",
        "model": "anomalies are not looked for; use 'change percent for …' or 'jump'",
        "training_dataset_parameters": "anomalies are not looked for; use 'change percent for …' or 'jump'",
        "severity_level_parameters": "anomalies are not looked for; use 'change percent for …' or 'jump'",
        "take_over_existing_anomaly_score_check": "anomalies are not looked for; remove it",
        "warn_only": "write 'warn: when …' in place of the threshold",
    ]

    /// Notes that something is understood, but is hardly meant.
    mutating func warn(_ message: String) {
        warnings.append(CheckProblem(location: location, message: "'\(line)': \(message)"))
    }

    /// Options that every kind has and that change no outcome.
    mutating func dropNeutral() { _ = take { ["attributes", "identity"].contains($0) } }

    func finish() throws(CheckProblem) {
        guard let unknown = entries.first else { return }
        if let instead = Self.unsupported[unknown.key] {
            throw CheckProblem(
                location: unknown.location, message: "SodaCL's option '\(unknown.key)' is not supported; \(instead)")
        }
        throw CheckProblem(
            location: unknown.location,
            message: "'\(line)' knows no option '\(unknown.key)'; remove it or mend its name."
                + NameSuggestion.question(unknown.key, among: known))
    }
}
