import ConfigurationReading

/// The options below a check's line; whoever reads one takes it, and what is left in the end nobody knows.
struct CheckOptionSet {
    let line: String
    let location: CheckLocation
    private var entries: [ConfigurationNode.Entry]
    /// What has been asked for, which is what may stand here.
    private var known: [String] = []

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
        guard let index = entries.firstIndex(where: { $0.key == key }) else { return nil }
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
        let text = node.text.map { $0.trimmingBlanks() }
        guard let text, !text.isEmpty else { throw node.problem("'\(key)' is \(node.kind); write a text") }
        return text
    }

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

    /// Options that every kind has and that change no outcome.
    mutating func dropNeutral() { _ = take { ["attributes", "identity"].contains($0) } }

    func finish() throws(CheckProblem) {
        guard let unknown = entries.first else { return }
        throw CheckProblem(
            location: unknown.location,
            message: "'\(line)' knows no option '\(unknown.key)'; remove it or mend its name."
                + NameSuggestion.question(unknown.key, among: known))
    }
}

extension String {
    func trimmingBlanks() -> String {
        var text = Substring(self)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text.drop(while: \.isWhitespace))
    }
}
