import PostgresClient

/// Reads the options that say what is missing and what is valid.
enum ValueRulesReader {
    static let options: Set<String> = [
        "missing values", "missing format", "missing regex", "valid values", "valid format", "valid regex",
        "valid length", "valid min length", "valid max length", "valid min", "valid max", "invalid values",
        "invalid format", "invalid regex", "include null",
    ]

    /// Adds one option to the rules.
    static func read(
        _ option: String, _ node: ConfigurationNode, into rules: inout ValueRules
    ) throws(CheckProblem) {
        switch option {
        case "missing values": rules.missingValues = try values(option, node)
        case "missing format": rules.missingFormat = try format(option, node)
        case "missing regex": rules.missingRegex = try text(option, node)
        case "valid values": rules.validValues = try values(option, node)
        case "valid format": rules.validFormat = try format(option, node)
        case "valid regex": rules.validRegex = try text(option, node)
        case "valid length": rules.validLength = try whole(option, node)
        case "valid min length": rules.validMinimumLength = try whole(option, node)
        case "valid max length": rules.validMaximumLength = try whole(option, node)
        case "valid min": rules.validMinimum = try number(option, node)
        case "valid max": rules.validMaximum = try number(option, node)
        case "invalid values": rules.invalidValues = try values(option, node)
        case "invalid format": rules.invalidFormat = try format(option, node)
        case "invalid regex": rules.invalidRegex = try text(option, node)
        default: rules.includesNull = try flag(option, node)
        }
    }

    private static func values(_ option: String, _ node: ConfigurationNode) throws(CheckProblem) -> ValueList {
        guard let list = node.list, !list.isEmpty else {
            throw node.problem("'\(option)' is \(node.kind); write a list that is not empty, such as [a, b]")
        }
        let texts = list.compactMap(\.text)
        guard texts.count == list.count else { throw node.problem("'\(option)' may hold only texts and numbers") }
        let numbers = list.filter { $0.number != nil }.count
        if numbers == list.count { return ValueList(literals: texts) }
        guard numbers == 0 else {
            throw node.problem("'\(option)' holds both texts and numbers; put the numbers in quotes")
        }
        return ValueList(literals: texts.map(PostgresSyntax.literal))
    }

    private static func format(_ option: String, _ node: ConfigurationNode) throws(CheckProblem) -> String {
        let name = try text(option, node)
        guard ValueFormat.pattern(name) != nil else {
            throw node.problem("'\(name)' is no format; known are \(ValueFormat.names.joined(separator: ", "))")
        }
        return name
    }

    private static func text(_ option: String, _ node: ConfigurationNode) throws(CheckProblem) -> String {
        guard let text = node.text, !text.isEmpty else {
            throw node.problem("'\(option)' is \(node.kind); write a text")
        }
        return text
    }

    private static func whole(_ option: String, _ node: ConfigurationNode) throws(CheckProblem) -> Int {
        guard let number = node.text.flatMap(Int.init), number >= 0 else {
            throw node.problem("'\(option)' must be a whole number that is not negative")
        }
        return number
    }

    private static func number(_ option: String, _ node: ConfigurationNode) throws(CheckProblem) -> Double {
        guard let number = node.text.flatMap(Double.init), number.isFinite else {
            throw node.problem("'\(option)' must be a number")
        }
        return number
    }

    private static func flag(_ option: String, _ node: ConfigurationNode) throws(CheckProblem) -> Bool {
        switch node.text?.lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default: throw node.problem("'\(option)' must be true or false")
        }
    }
}
