/// A node of a YAML file with its place, after the expansion of variables.
struct ConfigurationNode: Sendable {
    enum Value: Sendable {
        /// Text; whether it stands without quotes, so that a number means a number.
        case scalar(String, isPlain: Bool)
        case list([ConfigurationNode])
        case map([Entry])
        case null
    }

    struct Entry: Sendable {
        let key: String
        let location: CheckLocation
        let value: ConfigurationNode
    }

    let value: Value
    let location: CheckLocation

    /// The text of a scalar.
    var text: String? {
        if case .scalar(let text, _) = value { text } else { nil }
    }

    var list: [ConfigurationNode]? {
        if case .list(let nodes) = value { nodes } else { nil }
    }

    var map: [Entry]? {
        if case .map(let entries) = value { entries } else { nil }
    }

    /// A number that stands without quotes.
    var number: Double? {
        guard case .scalar(let text, isPlain: true) = value, text.allSatisfy({ "+-.0123456789eE".contains($0) }),
            let number = Double(text), number.isFinite
        else { return nil }
        return number
    }

    /// What kind of node it is, for messages.
    var kind: String {
        switch value {
        case .scalar: "a text"
        case .list: "a list"
        case .map: "a mapping"
        case .null: "nothing"
        }
    }

    func problem(_ message: String) -> CheckProblem { CheckProblem(location: location, message: message) }
}
